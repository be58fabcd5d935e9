//! THREAD (RFC 5256 section 4). Read byte by byte: a large mailbox has a million nodes, and hostile ones nest.

use super::defect::{Defect, Defects};
use crate::imap::limits;

/// One message of a thread. The nodes come in reading order: a parent is the last node before with a smaller depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThreadNode {
    /// 0 for the first message of a thread.
    pub depth: u32,
    /// UID or sequence number, as asked for; `None` for a parent that the mailbox does not have.
    pub number: Option<u32>,
}

/// Reads `(1 (2 (3 5)(6))(4))(7)`: within one pair of parentheses each number is the child of the one before.
pub(crate) fn read(text: &[u8], defects: &mut Defects) -> Vec<ThreadNode> {
    let mut nodes = Vec::new();
    // Depth of the next number outside each open list.
    let mut outer: Vec<u32> = Vec::new();
    let (mut depth, mut number) = (0_u32, None::<u64>);
    // Whether a list has opened and no number came yet: two of them make a missing parent.
    let mut empty = false;
    for byte in text.iter().copied() {
        if let Some(digit) = byte.checked_sub(b'0').filter(|d| *d < 10) {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(digit)));
            continue;
        }
        if let Some(n) = number.take() {
            nodes.push(ThreadNode {
                depth,
                number: defects.some(u32::try_from(n).ok(), Defect::BadNumber("THREAD")),
            });
            depth = depth.saturating_add(1);
            empty = false;
        }
        match byte {
            b'(' => {
                if empty {
                    nodes.push(ThreadNode { depth, number: None });
                    depth = depth.saturating_add(1);
                }
                outer.push(depth);
                empty = true;
            }
            b')' => {
                depth = defects.some(outer.pop(), Defect::UnbalancedParentheses).unwrap_or(0);
                empty = false;
            }
            b' ' | b'\r' | b'\n' => {}
            _ => defects.note(Defect::BadValue("THREAD")),
        }
        if nodes.len() >= limits::MAX_THREAD_NODES || outer.len() >= limits::MAX_THREAD_NODES {
            defects.note(Defect::TooMany("threads"));
            return nodes;
        }
    }
    if !outer.is_empty() {
        defects.note(Defect::UnbalancedParentheses);
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(input: &str) -> String {
        let nodes = read(input.as_bytes(), &mut Defects::default());
        let one = |n: &ThreadNode| match n.number {
            Some(number) => format!("{}:{number}", n.depth),
            None => format!("{}:-", n.depth),
        };
        nodes.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn depth_grows_along_a_chain_and_returns_after_a_branch() {
        assert_eq!(text(" (1 (2 (3 5)(6))(4))(7)\r\n"), "0:1 1:2 2:3 3:5 2:6 1:4 0:7");
        assert_eq!(text(" (2)(3 6 (4 23)(44 7 96))"), "0:2 0:3 1:6 2:4 3:23 2:44 3:7 4:96");
        assert_eq!(text(" ((3)(5))"), "0:- 1:3 1:5");
        assert_eq!(text(""), "");
    }

    #[test]
    fn nesting_costs_no_stack() {
        let deep = format!("{}1{}", "(".repeat(200_000), ")".repeat(200_000));
        assert_eq!(read(deep.as_bytes(), &mut Defects::default()).len(), 200_000);
    }
}
