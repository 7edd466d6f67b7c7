//! Which page teaches a rule.

use super::Place;

/// For what a source names, the page that teaches it; what is more special stands first.
const PAGES: [(&str, u16, u16); 47] = [
    ("corrected in 2015", 21, 6),
    ("4.2.3", 19, 4),
    ("4.2.1", 21, 3),
    ("4.2", 21, 3),
    ("4.1", 21, 6),
    ("3.10", 19, 3),
    ("9.6", 19, 1),
    ("9.3", 7, 4),
    ("6.4.1", 18, 3),
    ("6.4", 18, 2),
    ("6.3", 17, 3),
    ("6.2", 19, 2),
    ("InstallSnapshot", 20, 2),
    ("5.4.3", 15, 1),
    ("5.4.2", 13, 1),
    ("5.4.1", 12, 1),
    ("AppendEntries 1", 4, 3),
    ("AppendEntries 2", 11, 1),
    ("AppendEntries 3", 11, 2),
    ("AppendEntries 4", 9, 1),
    ("AppendEntries 5", 9, 3),
    ("RequestVote 1", 4, 3),
    ("RequestVote 2", 5, 2),
    ("ersistent state", 14, 1),
    ("olatile state", 14, 2),
    ("ll servers 1", 8, 3),
    ("ll servers 2", 4, 1),
    ("ollowers 1", 6, 1),
    ("ollowers 2", 5, 1),
    ("andidates 1", 5, 1),
    ("andidates 2", 5, 4),
    ("andidates 3", 4, 2),
    ("andidates 4", 7, 2),
    ("eaders 1", 6, 1),
    ("eaders 2", 8, 1),
    ("eaders 3", 9, 2),
    ("eaders 4", 8, 2),
    ("5.6", 16, 2),
    ("5.5", 9, 1),
    ("5.4", 12, 2),
    ("5.3", 8, 1),
    ("5.2", 5, 1),
    ("5.1", 4, 1),
    ("5", 14, 3),
    ("6", 21, 2),
    ("7", 20, 1),
    ("8", 17, 1),
];

/// The page that teaches what stands there: `Figure 2, RequestVote 2; §5.2, 5.4.1`, or
/// `section 5.4.1`.
pub fn teaches(source: &str) -> Option<Place> {
    let sections: Vec<&str> = source
        .split(|one: char| !one.is_ascii_digit() && one != '.')
        .collect();
    let is_named = |what: &str| {
        let is_section = what.starts_with(|one: char| one.is_ascii_digit());
        (is_section && sections.contains(&what)) || (!is_section && source.contains(what))
    };
    let mut pages = PAGES.iter();
    let (_, chapter, page) = pages.find(|(what, _, _)| is_named(what))?;
    Some(Place {
        chapter: *chapter,
        page: *page,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::exists;
    use crate::raft::Rule;

    #[test]
    fn every_rule_that_can_be_switched_off_is_taught() {
        for rule in Rule::ALL {
            let place = teaches(rule.place());
            assert!(place.is_some_and(exists), "{rule}: {}", rule.place());
        }
        let place = teaches("Figure 2, Leaders 4; §5.3, 5.4.2").unwrap();
        assert_eq!(place.to_string(), "13/1");
        assert_eq!(teaches("§6").unwrap().to_string(), "21/2");
        assert_eq!(teaches(""), None);
    }
}
