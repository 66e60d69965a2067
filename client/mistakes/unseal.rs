//! The server's types are named in the browser's half.

use formwork::{Bound, QueryCx}; //~ E0432

pub fn opened(bound: Bound<u64>) -> u64 {
    *bound
}

pub fn bound(cx: QueryCx) {
    cx.bind(());
}

fn main() {}
