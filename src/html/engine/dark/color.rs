//! Colors as numbers: sRGB, linear light, OKLab.

/// A color in linear light.
pub(super) type Linear = [f32; 3];

/// Contrast of two colors (WCAG 2.2).
pub(super) fn contrast(one: Linear, other: Linear) -> f32 {
    let luminance = |[r, g, b]: Linear| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

pub(super) fn to_linear(color: [f32; 3]) -> Linear {
    color.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) })
}

pub(super) fn from_linear(color: Linear) -> [f32; 3] {
    color.map(|c| {
        let c = c.clamp(0.0, 1.0);
        if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 }
    })
}

/// Bjorn Ottosson, "A perceptual color space for image processing" (2020).
pub(super) fn to_oklab([r, g, b]: Linear) -> [f32; 3] {
    let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Back to sRGB; colors that a screen cannot show lose chroma until it can.
pub(super) fn from_oklab([lightness, a, b]: [f32; 3]) -> [f32; 3] {
    let linear = |share: f32| {
        let (a, b) = (a * share, b * share);
        let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ]
    };
    let fits = |c: &Linear| c.iter().all(|c| (-0.002..=1.002).contains(c));
    let found = (0_u8..=10).map(|step| linear(1.0 - f32::from(step) / 10.0)).find(fits);
    from_linear(found.unwrap_or_else(|| linear(0.0)))
}
