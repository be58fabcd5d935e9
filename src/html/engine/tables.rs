//! Widths of the columns of tables as browsers choose them (CSS 2.2 section 17.5.2, CSS Tables 3 section 4).
//!
//! The engine lays tables out as grids: widths of cells below the first row, percentages and the shares of free
//! space are not those of a table, and mails are made of tables. So a document is laid out once to know how wide
//! the content of each cell wants to be; then each table is told the widths of its columns, and the document is
//! laid out again. Rows are left to the engine.

mod share;

use blitz_dom::node::SpecialElementData;
use blitz_dom::{BaseDocument, LocalName, Node, NodeId, QualName, local_name, ns};
use share::{Column, share};
use std::collections::{HashMap, HashSet};
use taffy::{
    BlockItemStyle, CompactLength, CoreStyle, Dimension, Display, FlexDirection, FlexboxContainerStyle,
    Float, LengthPercentage, LengthPercentageAuto, Position,
};

/// Tells all tables of a document that is laid out the widths of their columns. True if something changed.
pub(super) fn settle(base: &mut BaseDocument, scale: f32, width: f32) -> bool {
    let mut work = Work {
        base,
        scale,
        known: HashMap::new(),
        grids: HashMap::new(),
        holds: HashSet::new(),
        widths: Vec::new(),
        heights: Vec::new(),
        capped: Vec::new(),
    };
    let root = work.base.root_element().id;
    work.look(root);
    if work.holds.is_empty() {
        return false;
    }
    work.place(root, width);
    let (widths, heights, capped) = (work.widths, work.heights, work.capped);
    {
        // What tables and cells call height is the least they take.
        let mut tree = base.mutate();
        for id in capped {
            tree.set_style_property(id, "max-width", "none");
        }
        for (id, height) in heights {
            tree.set_style_property(id, "height", "auto");
            tree.set_style_property(id, "min-height", &format!("{height}px"));
        }
    }
    for (table, columns, total) in &widths {
        apply(base, *table, columns, *total);
    }
    !widths.is_empty()
}

/// Least width without overflow, and width without any line break.
#[derive(Clone, Copy, Debug, Default)]
struct Widths {
    min: f32,
    max: f32,
}

/// A cell of a table.
struct Cell {
    node: NodeId,
    column: usize,
    span: usize,
}

/// A table.
struct Grid {
    columns: Vec<Column>,
    cells: Vec<Cell>,
    /// Space between two columns.
    gap: f32,
    /// Space around all columns.
    around: f32,
}

impl Grid {
    /// Space that is no column.
    fn between(&self) -> f32 {
        self.around + self.gap * count(self.columns.len().saturating_sub(1))
    }
}

struct Work<'a> {
    base: &'a BaseDocument,
    /// Device pixels for one CSS pixel: texts are measured in the former.
    scale: f32,
    known: HashMap<NodeId, Widths>,
    grids: HashMap<NodeId, Grid>,
    /// Elements that are or contain tables.
    holds: HashSet<NodeId>,
    widths: Vec<(NodeId, Vec<f32>, f32)>,
    /// Tables and cells with a height.
    heights: Vec<(NodeId, f32)>,
    /// Cells with a greatest width: it counts for the column, which each of its cells fills.
    capped: Vec<NodeId>,
}

#[expect(clippy::cast_precision_loss, reason = "a number of columns or cells")]
fn count(n: usize) -> f32 {
    n as f32
}

/// A width of text with what is lost in sums: a column that is too narrow by a hair breaks the line.
fn roomy(width: f32) -> f32 {
    if width > 0.0 { (width * 64.0).ceil() / 64.0 + 0.02 } else { width }
}

fn fixed(length: LengthPercentage) -> f32 {
    let raw = length.into_raw();
    if raw.tag() == CompactLength::LENGTH_TAG { raw.value() } else { 0.0 }
}

fn fixed_or_auto(length: LengthPercentageAuto) -> Option<f32> {
    let raw = length.into_raw();
    (raw.tag() == CompactLength::LENGTH_TAG).then(|| raw.value())
}

fn pixels(length: Dimension) -> Option<f32> {
    (length.tag() == CompactLength::LENGTH_TAG).then(|| length.value())
}

fn percent(length: Dimension) -> Option<f32> {
    (length.tag() == CompactLength::PERCENT_TAG).then(|| length.value())
}

/// What of an element's style decides about widths.
#[derive(Clone, Copy, Default)]
struct Style {
    width: Option<f32>,
    percent: Option<f32>,
    height: Option<f32>,
    least: Option<f32>,
    most: Option<f32>,
    most_percent: bool,
    /// Left and right margins; `auto` is nothing.
    margins: f32,
    /// Left and right padding and border.
    frame: f32,
    floats: bool,
    absolute: bool,
}

fn style(node: &Node) -> Option<Style> {
    node.primary_styles()?;
    let style = node.layout_style();
    let padding = style.padding();
    let border = style.border();
    let frame = fixed(padding.left) + fixed(padding.right) + fixed(border.left) + fixed(border.right);
    // A width means the content unless the style says otherwise.
    let extra = if style.box_sizing() == taffy::BoxSizing::ContentBox { frame } else { 0.0 };
    let (size, margin) = (style.size(), style.margin());
    let most = style.max_size().width;
    Some(Style {
        width: pixels(size.width).map(|w| w + extra),
        percent: percent(size.width),
        height: pixels(size.height),
        least: fixed_or_auto(style.min_size().width).map(|w| w + extra),
        most: fixed_or_auto(most).map(|w| w + extra),
        most_percent: most.into_raw().tag() == CompactLength::PERCENT_TAG,
        margins: fixed_or_auto(margin.left).unwrap_or(0.0) + fixed_or_auto(margin.right).unwrap_or(0.0),
        frame,
        floats: style.float() != Float::None,
        absolute: style.position() == Position::Absolute,
    })
}

impl Style {
    fn clamp(&self, width: f32) -> f32 {
        let width = self.most.map_or(width, |most| width.min(most));
        self.least.map_or(width, |least| width.max(least))
    }
}

fn children(node: &Node) -> Vec<NodeId> {
    let inner = node.layout_children.borrow();
    inner.as_ref().map_or_else(|| node.children.to_vec(), |inner| inner.to_vec())
}

/// The engine's own view of a table: which cell stands where.
fn cells(node: &Node) -> Option<(Vec<Cell>, usize, f32, f32)> {
    let SpecialElementData::TableRoot(table) = &node.element_data()?.special_data else { return None };
    let cells = table.cells.iter();
    let cells =
        cells.map(|cell| Cell { node: cell.node_id, column: usize::from(cell.column), span: 1 }).collect();
    let frame = [
        table.style.padding.left,
        table.style.padding.right,
        table.style.border.left,
        table.style.border.right,
    ];
    Some((cells, table.columns.len(), fixed(table.style.gap.width), frame.into_iter().map(fixed).sum()))
}

impl Work<'_> {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.base.get_node(id)
    }

    /// Notes which elements contain tables.
    fn look(&mut self, root: NodeId) {
        let mut order = vec![(root, None)];
        let mut parents: HashMap<NodeId, Option<NodeId>> = HashMap::new();
        while let Some((id, parent)) = order.pop() {
            parents.insert(id, parent);
            let Some(node) = self.node(id) else { continue };
            let table = cells(node);
            let inner = match &table {
                Some((cells, ..)) => cells.iter().map(|cell| cell.node).collect(),
                None => children(node),
            };
            if table.is_some() {
                let mut at = Some(id);
                while let Some(holder) = at.filter(|holder| self.holds.insert(*holder)) {
                    at = parents.get(&holder).copied().flatten();
                }
            }
            order.extend(inner.into_iter().map(|child| (child, Some(id))));
        }
    }

    /// Widths of an element with its margins.
    fn outer(&mut self, id: NodeId) -> Widths {
        let inner = self.boxed(id);
        let margins = self.node(id).and_then(style).map_or(0.0, |style| style.margins);
        Widths { min: (inner.min + margins).max(0.0), max: (inner.max + margins).max(0.0) }
    }

    /// Widths of an element with its padding and border.
    fn boxed(&mut self, id: NodeId) -> Widths {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let widths = self.measure(id);
        self.known.insert(id, widths);
        widths
    }

    fn measure(&mut self, id: NodeId) -> Widths {
        let Some(node) = self.base.get_node(id) else { return Widths::default() };
        let Some(style) = style(node) else { return Widths::default() };
        if style.absolute || node.taffy_display() == Display::None {
            return Widths::default();
        }
        if node.element_data().is_some_and(|e| e.name.local == local_name!("img")) {
            let laid_out = node.final_layout().size.width;
            let natural = node.element_data().and_then(|e| e.raster_image_data()).map_or(laid_out, |i| {
                #[expect(clippy::cast_precision_loss, reason = "sides of pictures are short")]
                let width = i.width as f32;
                width
            });
            if style.percent.is_some() || (style.most_percent && style.width.is_none()) {
                return Widths { min: 0.0, max: style.clamp(style.width.unwrap_or(natural)) };
            }
            return Widths { min: if style.most_percent { 0.0 } else { laid_out }, max: laid_out };
        }
        if cells(node).is_some() {
            return self.table(id, style);
        }
        let content = self.content(node);
        let mut widths = Widths { min: content.min + style.frame, max: content.max + style.frame };
        if let Some(width) = style.width {
            widths = Widths { min: width, max: width };
        }
        Widths { min: style.clamp(widths.min), max: style.clamp(widths.max) }
    }

    /// Widths of what is in an element.
    fn content(&mut self, node: &Node) -> Widths {
        let inner = children(node);
        if node.flags.is_inline_root() {
            return self.line(node, &inner);
        }
        let row = node.taffy_display() == Display::Flex
            && node.primary_styles().is_some()
            && matches!(node.layout_style().flex_direction(), FlexDirection::Row | FlexDirection::RowReverse);
        let mut all = Widths::default();
        let mut floats = 0.0;
        for child in inner {
            let widths = self.outer(child);
            if row {
                all = Widths { min: all.min + widths.min, max: all.max + widths.max };
                continue;
            }
            all.min = all.min.max(widths.min);
            // Floats stand beside one another.
            let is_float = self.node(child).and_then(style).is_some_and(|style| style.floats);
            floats = if is_float { floats + widths.max } else { 0.0 };
            all.max = all.max.max(widths.max).max(floats);
        }
        all
    }

    /// Widths of lines of text and what stands in them.
    fn line(&mut self, node: &Node, inner: &[NodeId]) -> Widths {
        let Some(text) = node.element_data().and_then(|e| e.inline_layout_data.as_ref()) else {
            return Widths::default();
        };
        let known = text.layout.calculate_content_widths();
        let (mut min, mut max) = (roomy(known.min / self.scale), roomy(known.max / self.scale));
        let (mut widest, mut least): (f32, f32) = (0.0, 0.0);
        for child in inner {
            let Some(laid_out) = self.node(*child).map(|n| n.final_layout().size.width) else { continue };
            let is_box = text.layout.inline_boxes().any(|b| NodeId::from_u64(b.id) == *child);
            if !is_box {
                continue;
            }
            let widths = self.outer(*child);
            let margins = self.node(*child).and_then(style).map_or(0.0, |style| style.margins);
            max += widths.max - (laid_out + margins);
            widest = widest.max(laid_out + margins);
            least = least.max(widths.min);
        }
        // The widest box was the longest word, but it can be narrower than it is now.
        if widest > 0.0 && min <= widest + 1.0 {
            min = least;
        }
        Widths { min: min.max(least), max: max.max(min) }
    }

    fn table(&mut self, id: NodeId, style: Style) -> Widths {
        let grid = self.grid(id);
        let between = grid.between();
        let min: f32 = grid.columns.iter().map(|c| c.min).sum::<f32>() + between;
        let plain: f32 = grid.columns.iter().map(|c| c.max).sum();
        // A share of the whole makes the whole as large as the content of that share needs.
        let shares: f32 = grid.columns.iter().filter_map(|c| c.percent).sum();
        let rest: f32 = grid.columns.iter().filter(|c| c.percent.is_none()).map(|c| c.max).sum();
        let wanted = grid.columns.iter().filter_map(|c| c.percent.map(|p| c.max / p.max(0.01)));
        let mut max = wanted.fold(plain, f32::max);
        if shares < 0.99 && shares > 0.0 {
            max = max.max(rest / (1.0 - shares));
        }
        let mut widths = Widths { min, max: max.min(MAX_CONTENT).max(min - between) + between };
        self.grids.insert(id, grid);
        if let Some(width) = style.width {
            widths = Widths { min: width.max(min), max: width.max(min) };
        }
        Widths { min: style.clamp(widths.min).max(min), max: style.clamp(widths.max).max(min) }
    }

    /// Measures the cells of a table.
    fn grid(&mut self, id: NodeId) -> Grid {
        let Some((mut cells, declared, gap, around)) = self.node(id).and_then(cells) else {
            return Grid { columns: Vec::new(), cells: Vec::new(), gap: 0.0, around: 0.0 };
        };
        let mut columns = vec![Column::default(); declared];
        for (at, (width, share)) in self.declared(id).into_iter().enumerate() {
            if let Some(column) = columns.get_mut(at) {
                (column.fixed, column.percent) = (width.is_some(), share);
                column.max = width.unwrap_or(0.0);
            }
        }
        for cell in &mut cells {
            let span =
                self.node(cell.node).and_then(|n| n.attr(local_name!("colspan"))?.parse::<usize>().ok());
            cell.span = span.unwrap_or(1).max(1);
            if columns.len() < cell.column + cell.span {
                columns.resize(cell.column + cell.span, Column::default());
            }
        }
        let mut wide: Vec<(usize, usize, Column)> = Vec::new();
        for cell in &cells {
            let wanted = self.cell(cell.node);
            if cell.span == 1 {
                if let Some(column) = columns.get_mut(cell.column) {
                    column.join(wanted);
                }
            } else {
                wide.push((cell.column, cell.span, wanted));
            }
        }
        wide.sort_by_key(|(_, span, _)| *span);
        for (first, span, wanted) in wide {
            if let Some(columns) = columns.get_mut(first..first + span) {
                share::spread(columns, wanted, gap * count(span - 1));
            }
        }
        share::cap_percents(&mut columns);
        Grid { columns, cells, gap, around }
    }

    /// Widths that `<col>` elements ask for.
    fn declared(&self, id: NodeId) -> Vec<(Option<f32>, Option<f32>)> {
        let Some(SpecialElementData::TableRoot(table)) =
            self.node(id).and_then(Node::element_data).map(|e| &e.special_data)
        else {
            return Vec::new();
        };
        let styles = table.columns.iter().map(|column| self.node(column.node_id).and_then(style));
        styles
            .map(|style| style.map_or((None, None), |s| (s.width.filter(|w| *w > 0.0), s.percent)))
            .collect()
    }

    fn cell(&mut self, id: NodeId) -> Column {
        let Some(node) = self.base.get_node(id) else { return Column::default() };
        let Some(style) = style(node) else { return Column::default() };
        let content = self.content(node);
        let min = style.least.unwrap_or(0.0).max(content.min + style.frame);
        let mut max = (content.max + style.frame).max(min);
        if let Some(most) = style.most {
            max = max.min(most).max(min);
        }
        let width = style.width.filter(|w| *w > 0.0);
        if let Some(width) = width {
            max = width.max(min);
        }
        let percent = style.percent.filter(|p| *p > 0.0 && width.is_none());
        Column { min, max, percent, fixed: width.is_some() }
    }

    /// Gives an element its width, and what is in it its own.
    fn place(&mut self, id: NodeId, available: f32) {
        if !self.holds.contains(&id) {
            return;
        }
        let Some(node) = self.base.get_node(id) else { return };
        let Some(style) = style(node) else { return };
        if self.grids.contains_key(&id) || cells(node).is_some() {
            self.place_table(id, style, available);
            return;
        }
        let shrinks = style.floats || style.absolute || self.is_inline_box(node);
        let room = (available - style.margins).max(0.0);
        let width = match (style.width, style.percent) {
            (Some(width), _) => width,
            (None, Some(share)) => share * available,
            (None, None) if shrinks => {
                let widths = self.boxed(id);
                widths.max.min(room.max(widths.min))
            }
            (None, None) => room,
        };
        let inner = (style.clamp(width) - style.frame).max(0.0);
        let is_flex = matches!(node.taffy_display(), Display::Flex | Display::Grid);
        for child in children(node) {
            let given = self.node(child).map_or(inner, |n| n.final_layout().size.width);
            self.place(child, if is_flex { given } else { inner });
        }
    }

    fn is_inline_box(&self, node: &Node) -> bool {
        let parent = node.layout_parent.get().and_then(|id| self.node(id));
        parent.is_some_and(|node| node.flags.is_inline_root())
    }

    fn place_table(&mut self, id: NodeId, style: Style, available: f32) {
        let natural = self.boxed(id);
        let Some(grid) = self.grids.remove(&id) else { return };
        self.heights.extend(style.height.map(|height| (id, height)));
        let between = grid.between();
        let min = grid.columns.iter().map(|c| c.min).sum::<f32>() + between;
        let width = match (style.width, style.percent) {
            (Some(width), _) => width,
            (None, Some(share)) => share * available,
            (None, None) => natural.max.min((available - style.margins).max(0.0)),
        };
        let width = style.clamp(width).max(min);
        let columns = share(&grid.columns, width - between);
        for cell in &grid.cells {
            let spanned = columns.get(cell.column..).map_or(&[][..], |c| c.get(..cell.span).unwrap_or(c));
            let outer = spanned.iter().sum::<f32>() + grid.gap * count(spanned.len().saturating_sub(1));
            let Some(node) = self.base.get_node(cell.node) else { continue };
            let cell_style = self::style(node);
            let frame = cell_style.map_or(0.0, |style| style.frame);
            self.heights.extend(cell_style.and_then(|style| Some((cell.node, style.height?))));
            let is_capped = cell_style.is_some_and(|style| style.most.is_some() || style.most_percent);
            self.capped.extend(is_capped.then_some(cell.node));
            for child in children(node) {
                self.place(child, (outer - frame).max(0.0));
            }
        }
        self.widths.push((id, columns, width));
    }
}

/// Widest content that counts; shares of one percent would ask for hundreds of times as much.
const MAX_CONTENT: f32 = 20_000.0;

/// Writes widths into the document.
fn apply(base: &mut BaseDocument, table: NodeId, columns: &[f32], width: f32) {
    let known: Vec<NodeId> = match base.get_node(table).and_then(Node::element_data).map(|e| &e.special_data)
    {
        Some(SpecialElementData::TableRoot(table)) => table.columns.iter().map(|c| c.node_id).collect(),
        _ => return,
    };
    let first = base.get_node(table).and_then(|node| node.children.first().copied());
    let mut tree = base.mutate();
    for column in known {
        tree.set_style_property(column, "display", "none");
    }
    let name = |name: LocalName| QualName::new(None, ns!(html), name);
    let group = tree.create_element(name(local_name!("colgroup")), Vec::new());
    for width in columns {
        let column = tree.create_element(name(local_name!("col")), Vec::new());
        // The engine takes nothing for no wish.
        tree.set_style_property(column, "width", &format!("{}px", width.max(0.01)));
        tree.append_children(group, &[column]);
    }
    match first {
        Some(first) => tree.insert_nodes_before(first, &[group]),
        None => tree.append_children(table, &[group]),
    }
    tree.set_style_property(table, "table-layout", "fixed");
    tree.set_style_property(table, "box-sizing", "border-box");
    tree.set_style_property(table, "min-width", "0");
    tree.set_style_property(table, "max-width", "none");
    tree.set_style_property(table, "width", &format!("{width}px"));
}
