//! The name that the user may have meant.

use proc_macro2::Ident;

use crate::model::Machine;

/// The known name nearest to an unknown one, if it is near enough to be a slip.
///
/// Near is at most a third of the letters: inserted, left out, replaced or two of them swapped.
pub(crate) fn similar<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = unknown.chars().count();
    let near = known.into_iter().filter_map(|name| {
        let own = name.chars().count();
        let allowed = length.max(own) / 3;
        // What is longer by more than is allowed is not near, whatever its letters.
        if length.abs_diff(own) > allowed {
            return None;
        }
        let distance = distance(&unknown.to_lowercase(), &name.to_lowercase());
        (distance <= allowed).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The state or group that an unknown name may be a slip of.
pub(crate) fn similar_state<'a>(machine: &'a Machine, unknown: &Ident) -> Option<&'a Ident> {
    let names: Vec<String> = machine.names().map(ToString::to_string).collect();
    let near = similar(&unknown.to_string(), names.iter().map(String::as_str))?;
    machine.names().find(|name| *name == near)
}

/// How many single slips lie between two words (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[track_caller]
    fn check(unknown: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(similar(unknown, known.iter().copied()), expected);
    }

    #[test]
    fn a_slip_finds_its_word() {
        check("mailbx", &["name", "mailbox"], Some("mailbox"));
        check("Aproved", &["Pending", "Approved"], Some("Approved"));
        check("tiemout", &["timeout"], Some("timeout"));
        check("approved", &["Approved"], Some("Approved"));
        check("inital", &["terminal", "initial"], Some("initial"));
    }

    #[test]
    fn another_word_finds_nothing() {
        check("priority", &["name", "timeout", "inline"], None);
        check("Closed", &["Pending", "Open"], None);
        check("", &["name"], None);
    }
}
