//! Heights of many lines: where a line begins and which line is at a place, in logarithmic time.
//!
//! Lines are measured only when they come near the view; until then an estimate stands for them.

/// Prefix sums (a Fenwick tree) over heights in pixels.
#[derive(Clone, Debug, Default)]
pub(super) struct Heights {
    each: Vec<f32>,
    known: Vec<bool>,
    sums: Vec<f64>,
}

impl Heights {
    /// All heights estimated.
    pub(super) fn new(estimates: Vec<f32>) -> Self {
        let mut sums: Vec<f64> =
            std::iter::once(0.0).chain(estimates.iter().map(|h| f64::from(*h))).collect();
        for i in 1..sums.len() {
            let parent = i + (i & i.wrapping_neg());
            if let Some(add) = sums.get(i).copied()
                && let Some(sum) = sums.get_mut(parent)
            {
                *sum += add;
            }
        }
        let known = vec![false; estimates.len()];
        Self { each: estimates, known, sums }
    }

    /// Number of lines.
    pub(super) fn len(&self) -> usize {
        self.each.len()
    }

    /// Height of a line.
    pub(super) fn height(&self, index: usize) -> f32 {
        self.each.get(index).copied().unwrap_or(0.0)
    }

    /// Whether it was measured.
    pub(super) fn is_known(&self, index: usize) -> bool {
        self.known.get(index).copied().unwrap_or(true)
    }

    /// Puts the measured height of a line in place of the estimate.
    pub(super) fn set(&mut self, index: usize, height: f32) {
        let Some(old) = self.each.get_mut(index) else { return };
        let change = f64::from(height) - f64::from(*old);
        *old = height;
        if let Some(known) = self.known.get_mut(index) {
            *known = true;
        }
        let mut i = index + 1;
        while let Some(sum) = self.sums.get_mut(i) {
            *sum += change;
            i += i & i.wrapping_neg();
        }
    }

    /// Where a line begins.
    pub(super) fn top(&self, index: usize) -> f64 {
        let mut i = index.min(self.len());
        let mut sum = 0.0;
        while i > 0 {
            sum += self.sums.get(i).copied().unwrap_or(0.0);
            i &= i - 1;
        }
        sum
    }

    /// Height of everything.
    pub(super) fn total(&self) -> f64 {
        self.top(self.len())
    }

    /// The line at a place; places above and below get the first and the last line.
    pub(super) fn at(&self, y: f64) -> usize {
        let mut index = 0;
        let mut rest = y;
        let mut step = self.len().checked_ilog2().map_or(0, |bits| 1_usize << bits);
        while step > 0 {
            let next = index + step;
            if let Some(sum) = self.sums.get(next)
                && *sum <= rest
            {
                rest -= sum;
                index = next;
            }
            step /= 2;
        }
        index.min(self.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree_with_adding_up() {
        for n in [0_usize, 1, 2, 3, 7, 8, 100, 1_000] {
            let each: Vec<f32> = (0..n).map(|i| 10.0 + f32::from(u16::try_from(i % 7).unwrap())).collect();
            let mut heights = Heights::new(each.clone());
            let mut expected = each;
            for (i, h) in [(0, 99.0), (n / 2, 1.0), (n.saturating_sub(1), 50.0), (n + 5, 3.0)] {
                heights.set(i, h);
                if let Some(e) = expected.get_mut(i) {
                    *e = h;
                }
            }
            let mut top = 0.0;
            for (i, h) in expected.iter().enumerate() {
                assert!((heights.top(i) - top).abs() < 1e-6);
                assert_eq!(heights.at(top + 0.1), i);
                assert_eq!(heights.at(top + f64::from(*h) - 0.1), i);
                top += f64::from(*h);
            }
            assert!((heights.total() - top).abs() < 1e-6);
            assert_eq!(heights.at(-5.0), 0);
            assert_eq!(heights.at(1e12), n.saturating_sub(1));
        }
    }

    #[test]
    fn measured_lines_are_marked() {
        let mut heights = Heights::new(vec![1.0; 3]);
        assert!(!heights.is_known(1));
        heights.set(1, 2.0);
        assert!(heights.is_known(1) && !heights.is_known(2));
        assert!((heights.height(1) - 2.0).abs() < f32::EPSILON);
    }
}
