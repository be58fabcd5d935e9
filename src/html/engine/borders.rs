//! Borders of tables with `border-collapse: collapse`: of all that meet at an edge one wins (CSS 2.2 section 17.6.2.1).
//!
//! The engine gives all cells of such a table the border of the first one. So the winners are found here, once styles
//! are known, and given to one of the cells at the edge each: to the one above or to the left of it.

use blitz_dom::{BaseDocument, Node, NodeId, local_name};
use std::cmp::Ordering;

/// Places of a table that are looked at; a larger one keeps the engine's borders.
const MAX_PLACES: usize = 20_000;

/// A border that asks for an edge.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    width: f32,
    /// Place of its style in the order of the standard, 0 for `hidden`, 1 for none.
    style: u8,
    color: [f32; 4],
    /// What it belongs to: cells come before rows, groups and the table.
    rank: u8,
}

/// Words for the styles, in the engine's order.
const STYLES: [&str; 10] =
    ["hidden", "none", "inset", "groove", "outset", "ridge", "dotted", "dashed", "solid", "double"];

impl Line {
    const NONE: Self = Self { width: 0.0, style: 1, color: [0.0; 4], rank: 0 };

    fn shows(&self) -> bool {
        self.style > 1 && self.width > 0.0
    }

    /// Takes the other line if that wins. Where all is equal, the first stays.
    fn join(&mut self, other: Self) {
        let order = |line: &Self| (line.style == 0, line.style != 1);
        let wins = order(&other)
            .cmp(&order(self))
            .then(other.width.partial_cmp(&self.width).unwrap_or(Ordering::Equal))
            .then(other.style.cmp(&self.style))
            .then(other.rank.cmp(&self.rank));
        if wins == Ordering::Greater {
            *self = other;
        }
    }

    fn css(&self) -> String {
        if !self.shows() {
            return "none".to_owned();
        }
        let style = STYLES.get(usize::from(self.style)).copied().unwrap_or("solid");
        // In collapsed borders these two look like the other one.
        let style = match style {
            "outset" => "groove",
            "inset" => "ridge",
            other => other,
        };
        let [red, green, blue, alpha] = self.color;
        let part = |channel: f32| (channel * 255.0).round();
        format!("{}px {style} rgba({},{},{},{alpha})", self.width, part(red), part(green), part(blue))
    }
}

/// Borders of a box: top, right, bottom, left.
type Frame = [Line; 4];

fn frame(node: &Node, rank: u8) -> Option<Frame> {
    let styles = node.primary_styles()?;
    let border = styles.get_border();
    let line = |width: f32, style: u8, color: [f32; 4]| {
        let shows = style > 1 && width > 0.0;
        Line {
            width: if shows { width } else { 0.0 },
            style: if shows || style == 0 { style } else { 1 },
            color,
            rank,
        }
    };
    macro_rules! side {
        ($width:ident, $style:ident, $color:ident) => {{
            let color = styles.resolve_color(&border.$color).into_srgb_legacy();
            let parts = [color.components.0, color.components.1, color.components.2, color.alpha];
            line(border.$width.0.to_f32_px(), border.$style as u8, parts)
        }};
    }
    Some([
        side!(border_top_width, border_top_style, border_top_color),
        side!(border_right_width, border_right_style, border_right_color),
        side!(border_bottom_width, border_bottom_style, border_bottom_color),
        side!(border_left_width, border_left_style, border_left_color),
    ])
}

/// The engine's word for what an element is inside, such as `TableRow`.
fn display(node: &Node) -> Option<String> {
    node.primary_styles().map(|styles| format!("{:?}", styles.clone_display().inside()))
}

/// A cell and where it stands.
struct Cell {
    id: NodeId,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    frame: Frame,
}

/// A table as it is collected.
#[derive(Default)]
struct Grid {
    cells: Vec<Cell>,
    /// Borders of rows, and of groups with their first and last row.
    rows: Vec<Frame>,
    groups: Vec<(std::ops::Range<usize>, Frame)>,
    columns: usize,
    /// For each column, how many further rows are taken by a cell from above.
    taken: Vec<usize>,
}

/// Settles the borders of all tables that collapse them. Styles are known, boxes are not.
pub(super) fn collapse(base: &mut BaseDocument) {
    let mut changes = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        let collapses = node.element_data().is_some_and(|e| e.name.local == local_name!("table"))
            && node
                .primary_styles()
                .is_some_and(|s| format!("{:?}", s.clone_border_collapse()) == "Collapse")
            && display(node).is_some_and(|display| display == "Table");
        if collapses {
            table(base, node, &mut changes);
        }
    }
    let mut tree = base.mutate();
    for (id, name, value) in changes {
        tree.set_style_property(id, name, &value);
    }
}

type Changes = Vec<(NodeId, &'static str, String)>;

fn table(base: &BaseDocument, table: &Node, changes: &mut Changes) {
    let Some(own) = frame(table, 1) else { return };
    let mut grid = Grid::default();
    // Heads stand above all else, feet below.
    for order in ["TableHeaderGroup", "", "TableFooterGroup"] {
        for child in table.children.iter().filter_map(|id| base.get_node(*id)) {
            let Some(display) = display(child) else { continue };
            let place = ["TableHeaderGroup", "TableFooterGroup"].into_iter().find(|group| display == *group);
            if place.unwrap_or_default() != order {
                continue;
            }
            if display == "TableRowGroup" || place.is_some() {
                let first = grid.rows.len();
                for row in child.children.iter().filter_map(|id| base.get_node(*id)) {
                    grid.row(base, row);
                }
                if let Some(frame) = frame(child, 4) {
                    grid.groups.push((first..grid.rows.len(), frame));
                }
            } else {
                grid.row(base, child);
            }
        }
    }
    let (rows, columns) = (grid.rows.len(), grid.columns);
    let any = own.iter().any(Line::shows)
        || grid.rows.iter().chain(grid.groups.iter().map(|(_, frame)| frame)).flatten().any(Line::shows)
        || grid.cells.iter().flat_map(|cell| &cell.frame).any(Line::shows);
    changes.push((table.id, "border-collapse", "separate".to_owned()));
    changes.push((table.id, "border-spacing", "0".to_owned()));
    changes.push((table.id, "padding", "0".to_owned()));
    if !any || rows == 0 || columns == 0 || (rows + 1) * (columns + 1) > MAX_PLACES {
        return;
    }
    let edges = Edges::of(&grid, own);
    if own.iter().any(Line::shows) {
        changes.push((table.id, "border", "none".to_owned()));
    }
    for cell in &grid.cells {
        let (top, bottom) = (cell.rows.start, cell.rows.end.min(rows));
        let (left, right) = (cell.columns.start, cell.columns.end.min(columns));
        let across = |row: usize| (left..right).map(move |column| (row, column));
        let along = |column: usize| (top..bottom).map(move |row| (row, column));
        let new = [
            if top == 0 { edges.level(across(0)) } else { Line::NONE },
            edges.upright(along(right)),
            edges.level(across(bottom)),
            if left == 0 { edges.upright(along(0)) } else { Line::NONE },
        ];
        for ((name, new), old) in ["border-top", "border-right", "border-bottom", "border-left"]
            .into_iter()
            .zip(new)
            .zip(cell.frame)
        {
            if new.shows() || old.shows() {
                changes.push((cell.id, name, new.css()));
            }
        }
    }
}

impl Grid {
    fn row(&mut self, base: &BaseDocument, row: &Node) {
        if display(row).is_none_or(|display| display != "TableRow") {
            return;
        }
        let at = self.rows.len();
        self.rows.push(frame(row, 5).unwrap_or([Line::NONE; 4]));
        self.taken.iter_mut().for_each(|left| *left = left.saturating_sub(1));
        let mut column = 0;
        for cell in row.children.iter().filter_map(|id| base.get_node(*id)) {
            if display(cell).is_none_or(|display| display != "TableCell") {
                continue;
            }
            let span = |name| cell.attr(name).and_then(|v| v.parse::<usize>().ok()).unwrap_or(1).max(1);
            let (wide, high) = (span(local_name!("colspan")), span(local_name!("rowspan")));
            while self.taken.get(column).is_some_and(|left| *left > 0) {
                column += 1;
            }
            let columns = column..column + wide;
            self.taken.resize(self.taken.len().max(columns.end), 0);
            if let Some(taken) = self.taken.get_mut(columns.clone()) {
                taken.fill(high);
            }
            self.columns = self.columns.max(columns.end);
            column = columns.end;
            if let Some(frame) = frame(cell, 6) {
                self.cells.push(Cell { id: cell.id, rows: at..at + high, columns, frame });
            }
        }
    }
}

/// The winners at all edges.
struct Edges {
    columns: usize,
    level: Vec<Line>,
    upright: Vec<Line>,
}

impl Edges {
    fn of(grid: &Grid, own: Frame) -> Self {
        let (rows, columns) = (grid.rows.len(), grid.columns);
        let count = (rows + 1) * (columns + 1);
        let mut edges = Self { columns, level: vec![Line::NONE; count], upright: vec![Line::NONE; count] };
        for cell in &grid.cells {
            edges.around(cell.rows.start..cell.rows.end.min(rows), cell.columns.clone(), &cell.frame);
        }
        for (at, frame) in grid.rows.iter().enumerate() {
            edges.around(at..at + 1, 0..columns, frame);
        }
        for (rows, frame) in &grid.groups {
            edges.around(rows.clone(), 0..columns, frame);
        }
        edges.around(0..rows, 0..columns, &own);
        edges
    }

    fn place(&self, row: usize, column: usize) -> usize {
        row * (self.columns + 1) + column
    }

    /// Lets the borders of a box ask for the edges around it.
    fn around(&mut self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>, frame: &Frame) {
        let [top, right, bottom, left] = *frame;
        for column in columns.clone() {
            for (row, line) in [(rows.start, top), (rows.end, bottom)] {
                let at = self.place(row, column);
                if let Some(edge) = self.level.get_mut(at) {
                    edge.join(line);
                }
            }
        }
        for row in rows {
            for (column, line) in [(columns.start, left), (columns.end, right)] {
                let at = self.place(row, column);
                if let Some(edge) = self.upright.get_mut(at) {
                    edge.join(line);
                }
            }
        }
    }

    fn level(&self, places: impl Iterator<Item = (usize, usize)>) -> Line {
        self.strongest(&self.level, places)
    }

    fn upright(&self, places: impl Iterator<Item = (usize, usize)>) -> Line {
        self.strongest(&self.upright, places)
    }

    /// Of the lines along one side of a cell; the engine has one for each side.
    fn strongest(&self, lines: &[Line], places: impl Iterator<Item = (usize, usize)>) -> Line {
        let mut found = Line::NONE;
        for line in places.filter_map(|(row, column)| lines.get(self.place(row, column))) {
            if line.style != 0 {
                found.join(*line);
            }
        }
        found
    }
}
