//! How a table shares its width among its columns. Numbers only.

/// What the cells of a column want.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// Least width without overflow.
    pub(super) min: f32,
    /// Width without line breaks, or the one that was asked for.
    pub(super) max: f32,
    /// Share of the table that was asked for.
    pub(super) percent: Option<f32>,
    /// The width was asked for.
    pub(super) fixed: bool,
}

impl Column {
    /// Takes the wishes of one more cell.
    pub(super) fn join(&mut self, cell: Self) {
        self.min = self.min.max(cell.min);
        if self.fixed == cell.fixed {
            self.max = self.max.max(cell.max);
        } else if cell.fixed {
            self.max = cell.max;
        }
        self.max = self.max.max(self.min);
        self.fixed |= cell.fixed;
        self.percent = match (self.percent, cell.percent) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Percentages are at most the whole, in the order of the columns.
pub(super) fn cap_percents(columns: &mut [Column]) {
    let mut left = 1.0_f32;
    for column in columns {
        if let Some(percent) = &mut column.percent {
            *percent = percent.min(left).max(0.0);
            left -= *percent;
        }
    }
}

/// Lets the columns grow until a cell that spans them fits.
pub(super) fn spread(columns: &mut [Column], cell: Column, between: f32) {
    // A share of the whole goes to the columns without one.
    if let Some(percent) = cell.percent {
        let taken: f32 = columns.iter().filter_map(|c| c.percent).sum();
        let free: f32 = columns.iter().filter(|c| c.percent.is_none()).map(|c| c.max.max(1.0)).sum();
        if percent > taken && free > 0.0 {
            for column in columns.iter_mut().filter(|c| c.percent.is_none()) {
                column.percent = Some((percent - taken) * column.max.max(1.0) / free);
            }
        }
    }
    let lacking = |columns: &[Column], want: f32, get: fn(&Column) -> f32| {
        (want - between - columns.iter().map(get).sum::<f32>()).max(0.0)
    };
    // Widths that were asked for stay as long as the cell can break its lines.
    if !columns.iter().all(|c| c.fixed) {
        let max = lacking(columns, cell.max, |c| c.max);
        grow(columns, max, |column, more| column.max += more);
    }
    let min = lacking(columns, cell.min, |c| c.min);
    // Up to what they want anyway first.
    let room: f32 = columns.iter().map(|c| (c.max - c.min).max(0.0)).sum();
    if min > 0.0 && room > 0.0 {
        let part = (min / room).min(1.0);
        for column in columns.iter_mut() {
            column.min += (column.max - column.min).max(0.0) * part;
        }
    }
    let min = lacking(columns, cell.min, |c| c.min);
    grow(columns, min, |column, more| column.min += more);
    for column in columns {
        column.max = column.max.max(column.min);
    }
}

/// Shares an amount among the columns that may grow: those without a wish of their own if there are any.
fn grow(columns: &mut [Column], amount: f32, give: fn(&mut Column, f32)) {
    if amount <= 0.0 {
        return;
    }
    let any_free = columns.iter().any(|c| !c.fixed && c.percent.is_none());
    let may = move |c: &Column| !any_free || (!c.fixed && c.percent.is_none());
    let weight = |c: &Column| c.max.max(0.01);
    let total: f32 = columns.iter().filter(|c| may(c)).map(weight).sum();
    for column in columns.iter_mut().filter(|c| may(c)) {
        let part = weight(column) / total;
        give(column, amount * part);
    }
}

/// A number of a column.
type Amount<'a> = &'a dyn Fn(&Column) -> f32;
/// A kind of column.
type Test<'a> = &'a dyn Fn(&Column) -> bool;

/// Widths of the columns of a table that has so much room for them.
pub(super) fn share(columns: &[Column], room: f32) -> Vec<f32> {
    let min = |c: &Column| c.min;
    let with_percents = |c: &Column| c.percent.map_or(c.min, |p| (p * room).max(c.min));
    let with_fixed = |c: &Column| if c.percent.is_none() && c.fixed { c.max } else { with_percents(c) };
    let wanted = |c: &Column| if c.percent.is_some() { with_percents(c) } else { c.max };
    let steps: [Amount<'_>; 4] = [&min, &with_percents, &with_fixed, &wanted];
    let sum = |step: Amount<'_>| columns.iter().map(step).sum::<f32>();
    for pair in steps.windows(2) {
        let [from, to] = pair else { continue };
        let (less, more) = (sum(from), sum(to));
        if room < more && more > less {
            let part = ((room - less) / (more - less)).clamp(0.0, 1.0);
            return columns.iter().map(|c| from(c) + (to(c) - from(c)) * part).collect();
        }
    }
    // More room than anybody wants: first to columns without a wish, then to those with a width, then the rest.
    let mut widths: Vec<f32> = columns.iter().map(wanted).collect();
    let rest = room - widths.iter().sum::<f32>();
    if rest <= 0.0 {
        return widths;
    }
    let free = |c: &Column| !c.fixed && c.percent.is_none();
    let kinds: [(Test<'_>, Amount<'_>); 4] = [
        (&|c| free(c) && c.max > 0.0, &|c| c.max),
        (&|c| c.fixed && c.percent.is_none() && c.max > 0.0, &|c| c.max),
        (&|c| c.percent.is_some_and(|p| p > 0.0), &|c| c.percent.unwrap_or(0.0)),
        (&|_| true, &|_| 1.0),
    ];
    for (takes, weight) in kinds {
        let total: f32 = columns.iter().filter(|c| takes(c)).map(weight).sum();
        if total > 0.0 {
            for (width, column) in widths.iter_mut().zip(columns).filter(|(_, c)| takes(c)) {
                *width += rest * weight(column) / total;
            }
            break;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(min: f32, max: f32) -> Column {
        Column { min, max, ..Column::default() }
    }

    #[test]
    fn room_is_shared_as_in_browsers() {
        let fixed = |width: f32| Column { min: 10.0, max: width, fixed: true, percent: None };
        let percent = |share: f32| Column { min: 10.0, max: 50.0, percent: Some(share), fixed: false };
        let cases: &[(&[Column], f32, &[f32])] = &[
            // In proportion to what they want.
            (&[free(10.0, 100.0), free(10.0, 300.0)], 800.0, &[200.0, 600.0]),
            // Between least and wanted.
            (&[free(10.0, 110.0), free(10.0, 310.0)], 220.0, &[60.0, 160.0]),
            // A width stays while another column can grow.
            (&[fixed(100.0), free(10.0, 50.0)], 500.0, &[100.0, 400.0]),
            (&[fixed(100.0), fixed(300.0)], 800.0, &[200.0, 600.0]),
            (&[percent(0.25), free(10.0, 50.0)], 800.0, &[200.0, 600.0]),
            (&[percent(0.5), percent(0.5)], 300.0, &[150.0, 150.0]),
            // Too little room: nobody gets less than the least.
            (&[free(100.0, 200.0), free(50.0, 90.0)], 100.0, &[100.0, 50.0]),
            (&[], 100.0, &[]),
        ];
        for (columns, room, expected) in cases {
            let found = share(columns, *room);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(*expected) {
                assert!((found - expected).abs() < 0.1, "{columns:?} in {room}: {found} {expected}");
            }
        }
    }

    #[test]
    fn a_wide_cell_makes_its_columns_grow() {
        let mut columns = [free(10.0, 20.0), free(10.0, 60.0)];
        spread(&mut columns, free(40.0, 160.0), 0.0);
        assert!((columns.iter().map(|c| c.max).sum::<f32>() - 160.0).abs() < 0.1);
        assert!((columns.iter().map(|c| c.min).sum::<f32>() - 40.0).abs() < 0.1);
        assert!(columns[1].max > columns[0].max);
        let fixed = Column { min: 10.0, max: 100.0, fixed: true, percent: None };
        let mut columns = [fixed; 2];
        spread(&mut columns, free(20.0, 390.0), 0.0);
        assert_eq!(columns, [fixed; 2]);
    }
}
