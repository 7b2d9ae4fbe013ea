//! Numbers in words.

/// Formats a whole number with its thousands separated: 12,345.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a rank as an ordinal number: 1st, 22nd, 113th.
pub fn ordinal(rank: usize) -> String {
    let ending = match (rank % 100, rank % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(rank))
}

/// Formats a count and its noun: "1 picture", "1,000 pictures".
pub fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// Formats a share as a percentage: "40%".
pub fn percent(share: f32) -> String {
    format!("{:.0}%", share * 100.0)
}

/// Formats a duration in its two greatest units.
pub fn duration(seconds: f32) -> String {
    let whole = seconds.round().max(0.0) as u32;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Formats steps per second, with suitable precision.
pub fn speed(steps_per_second: f32) -> String {
    let digits = if steps_per_second < 10.0 { 1 } else { 0 };
    format!("{steps_per_second:.digits$} steps/s")
}

/// Formats a number of bytes in megabytes.
pub fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

/// Formats a number between −1 and 1 with a true minus sign, but never a negative zero.
pub fn similarity(value: f32) -> String {
    decimal(value, 2)
}

/// Formats such a number with this many digits.
pub fn decimal(value: f32, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let is_zero = !text.contains(|digit: char| ('1'..='9').contains(&digit));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

/// Formats a similarity of two pictures, with a third digit from 0.95 on, where many lie.
pub fn close_similarity(value: f32) -> String {
    if value >= 0.95 { fine_similarity(value) } else { similarity(value) }
}

/// Formats a similarity near 1 with three digits, never rounded up to 1.
pub fn fine_similarity(value: f32) -> String {
    format!("{:.3}", (value * 1000.0 + 1e-3).floor() / 1000.0)
}

/// Formats e to the power of `exponent` with three digits, however large or small: "4.02 × 10³",
/// without a break.
pub fn exponential(exponent: f64) -> String {
    let value = exponent.exp();
    if !exponent.is_finite() {
        return three_digits(value);
    }
    if (1e-3..1e4).contains(&value) {
        return three_digits(value);
    }
    let mut power = (exponent / std::f64::consts::LN_10).floor();
    let mut front = (exponent - power * std::f64::consts::LN_10).exp();
    if front >= 9.995 {
        (front, power) = (front / 10.0, power + 1.0);
    }
    format!("{front:.2}\u{a0}×\u{a0}10{}", superscript(power as i32))
}

/// Formats a number with three digits, or as many as it has before the point.
pub fn three_digits(value: f64) -> String {
    let before = if value.abs() < 1.0 { 0 } else { (value.abs().log10() as usize).saturating_add(1) };
    let digits = 3_usize.saturating_sub(before);
    format!("{value:.digits$}").replace('-', "−")
}

fn superscript(number: i32) -> String {
    let raised = |digit: char| match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    number.to_string().chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_formatted_for_reading() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "picture"), "1 picture");
        assert_eq!(counted(1000, "picture"), "1,000 pictures");
        assert_eq!(duration(59.4), "59 s");
        assert_eq!(duration(125.0), "2 min 5 s");
        assert_eq!(duration(3_725.0), "1 h 2 min");
        assert_eq!((similarity(-0.254), similarity(-0.001)), ("−0.25".to_owned(), "0.00".to_owned()));
        assert_eq!([-0.0056, -0.0004].map(|value| decimal(value, 3)), ["−0.006", "0.000"]);
        assert_eq!(
            [0.949, 0.9713, 0.999_99].map(close_similarity),
            ["0.95", "0.971", "0.999"].map(str::to_owned)
        );
        assert_eq!(
            (fine_similarity(0.9996), fine_similarity(0.985)),
            ("0.999".to_owned(), "0.985".to_owned())
        );
        assert_eq!(fine_similarity(1.0), "1.000");
        assert_eq!(speed(3.25), "3.2 steps/s");
        assert_eq!(percent(0.4), "40%");
    }

    #[test]
    fn exponentials_stay_readable_at_any_size() {
        assert_eq!(exponential(0.0), "1.00");
        assert_eq!(exponential(8.3), "4024");
        assert_eq!(exponential(10.0), "2.20\u{a0}×\u{a0}10⁴");
        assert_eq!(exponential(f64::INFINITY), "inf");
        assert_eq!(exponential(-100.0), "3.72\u{a0}×\u{a0}10⁻⁴⁴");
        assert_eq!(exponential(1_000.0 * std::f64::consts::LN_10), "1.00\u{a0}×\u{a0}10¹⁰⁰⁰");
    }
}
