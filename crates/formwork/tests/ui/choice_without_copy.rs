use formwork::FormChoice;

#[derive(FormChoice)]
enum Priority {
    Low,
    High,
}

fn main() {}
