//! Which page an address is of, by the patterns of the application's routes.

/// The pattern of the page at this path, as the server's router finds it: `/tickets/new` rather than
/// `/tickets/{id}`.
///
/// ```
/// use formwork_core::route;
/// let routes = ["/", "/tickets/{id}", "/tickets/new", "/files/{*path}"];
/// assert_eq!(route::find(&routes, "/tickets/7"), Some(&"/tickets/{id}"));
/// assert_eq!(route::find(&routes, "/tickets/new"), Some(&"/tickets/new"));
/// assert_eq!(route::find(&routes, "/sign-out"), None);
/// ```
pub fn find<'a, P: AsRef<str>>(patterns: &'a [P], path: &str) -> Option<&'a P> {
    let of_path = |pattern: &&P| is_of(pattern.as_ref(), path);
    let vague = |pattern: &&P| pattern.as_ref().split('/').map(vagueness).collect::<Vec<_>>();
    patterns.iter().filter(of_path).min_by_key(vague)
}

/// Whether a route of this pattern has this path.
fn is_of(pattern: &str, path: &str) -> bool {
    let (mut segments, mut rest) = (path.split('/'), pattern.split('/'));
    loop {
        match (rest.next(), segments.next()) {
            (Some(wanted), Some(first)) if vagueness(wanted) == 2 => {
                // A rest of nothing is none.
                return !first.is_empty() || segments.next().is_some();
            }
            (Some(wanted), Some(found)) if vagueness(wanted) == 1 => {
                if found.is_empty() {
                    return false;
                }
            }
            (Some(wanted), Some(found)) if wanted == found => {}
            (None, None) => return true,
            _ => return false,
        }
    }
}

/// A text, a parameter, or all the rest.
fn vagueness(segment: &str) -> u8 {
    match segment.find('{') {
        None => 0,
        Some(at) if segment[at..].starts_with("{*") => 2,
        Some(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &[&str] =
        &["/", "/tickets", "/tickets/{id}", "/tickets/new", "/tickets/{id}/edit", "/files/{*path}"];

    #[test]
    fn as_the_servers_router_does_it() {
        for (path, expect) in [
            ("/", Some("/")),
            ("/tickets", Some("/tickets")),
            ("/tickets/7", Some("/tickets/{id}")),
            ("/tickets/new", Some("/tickets/new")),
            ("/tickets/new/edit", Some("/tickets/{id}/edit")),
            ("/files/a", Some("/files/{*path}")),
            ("/files/a/b.pdf", Some("/files/{*path}")),
            ("/files/", None),
            ("/files", None),
            ("/tickets/", None),
            ("/tickets/7/", None),
            ("/tickets/7/delete", None),
            ("/sign-out", None),
            ("", None),
        ] {
            assert_eq!(find(ROUTES, path).copied(), expect, "{path}");
        }
    }
}
