//! Where the pieces of a row stand.

use crate::ui::theme::space;
use crate::ui::widget::num;
use iced::Rectangle;

/// Room that one level takes.
const INDENT: f32 = space::L;
/// Room of the chevron.
const CHEVRON: f32 = space::L;
/// Levels that are still indented; deeper ones stay readable that way.
const DEEPEST: usize = 12;

pub(super) struct Places {
    pub(super) ground: Rectangle,
    pub(super) chevron: Rectangle,
    pub(super) icon: Rectangle,
    pub(super) name: Rectangle,
    pub(super) count: Rectangle,
}

pub(super) fn square(x: f32, row: &Rectangle, size: f32) -> Rectangle {
    Rectangle { x, y: row.y + ((row.height - size) / 2.0).round(), width: size, height: size }
}

pub(super) fn places(row: Rectangle, level: usize, icon: bool, count: f32) -> Places {
    let ground = Rectangle {
        x: row.x + space::S,
        y: row.y + 1.0,
        width: (row.width - space::S - space::SCROLLBAR).max(0.0),
        height: row.height - 2.0,
    };
    let indent = num::px(num::count(level.min(DEEPEST))) * INDENT;
    let chevron = square(ground.x + space::XXS + indent, &row, CHEVRON);
    let icon_at = square(chevron.x + CHEVRON + space::XS, &row, space::ICON_M);
    let text = if icon { icon_at.x + space::ICON_M + space::S } else { chevron.x + CHEVRON + space::XS };
    let end = ground.x + ground.width - space::S;
    let number = Rectangle { x: end - count, width: count, ..ground };
    let name = Rectangle { x: text, width: (number.x - space::S - text).max(0.0), ..ground };
    Places { ground, chevron, icon: icon_at, name, count: number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_rows_keep_room_for_their_name() {
        let row = Rectangle { x: 0.0, y: 0.0, width: 240.0, height: 30.0 };
        let p = places(row, 1_000, true, 20.0);
        assert!(p.name.width >= 0.0 && p.count.x + p.count.width <= row.width);
        assert!(places(row, 0, true, 20.0).name.width > 100.0);
    }
}
