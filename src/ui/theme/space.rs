//! Distances: a 4-pixel scale, corner radii, hit sizes.

/// Half a step, for optical corrections.
pub const XXS: f32 = 2.0;
/// Between an icon and its label.
pub const XS: f32 = 4.0;
/// Between related things.
pub const S: f32 = 8.0;
/// Padding of rows and cards.
pub const M: f32 = 12.0;
/// Padding of panes.
pub const L: f32 = 16.0;
/// Between groups.
pub const XL: f32 = 24.0;
/// Between sections; padding of dialogs and the reader.
pub const XXL: f32 = 32.0;

/// Corners of badges and small marks.
pub const RADIUS_S: f32 = 4.0;
/// Corners of buttons, fields and rows.
pub const RADIUS_M: f32 = 6.0;
/// Corners of menus, cards and dialogs.
pub const RADIUS_L: f32 = 10.0;

/// Smallest height of something to click (WCAG 2.2 asks for 24).
pub const HIT: f32 = 32.0;
/// Width of the focus ring.
pub const RING: f32 = 2.0;
/// Width of hairlines.
pub const HAIRLINE: f32 = 1.0;
/// Width of the lane of a scroll bar.
pub const SCROLLBAR: f32 = 12.0;

/// Icons beside small text.
pub const ICON_S: f32 = 14.0;
/// Icons in rows and menus.
pub const ICON_M: f32 = 16.0;
/// Icons in the toolbar.
pub const ICON_L: f32 = 18.0;
/// Icons of empty states.
pub const ICON_XL: f32 = 48.0;

/// Lines of text longer than this are hard to read, so the reader centers its column.
pub const READING_WIDTH: f32 = 760.0;
/// Width of dialogs.
pub const DIALOG_WIDTH: f32 = 440.0;
/// Width of menus.
pub const MENU_WIDTH: f32 = 240.0;

/// From this window width on there are three columns, below it two.
pub const THREE_COLUMNS: f32 = 1100.0;
/// Below this window width there is one column.
pub const TWO_COLUMNS: f32 = 800.0;
