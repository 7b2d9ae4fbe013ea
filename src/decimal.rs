//! Parsing of decimal numbers.

/// Parses a number written with digits, point, sign and exponent.
pub fn parse(text: &str) -> Option<f64> {
    let is_plain = !text.is_empty()
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
    if is_plain { number(text) } else { None }
}

/// Uses the browser's parser: the standard library's would add 12 kB of tables.
#[cfg(target_arch = "wasm32")]
fn number(text: &str) -> Option<f64> {
    let number = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    (!number.is_nan()).then_some(number)
}

#[cfg(not(target_arch = "wasm32"))]
fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_parsed() {
        for (text, expected) in [("0.25", Some(0.25)), ("-1e-3", Some(-0.001)), ("+7", Some(7.0))] {
            assert_eq!(parse(text), expected, "{text}");
        }
        for text in ["", " 1", "1 ", "0x10", "1_0", "NaN", "inf", "Infinity", "e", "--1", "1.2.3"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn single_precision_round_trips_exactly() {
        // A stride coprime to the number of patterns, so that every exponent occurs.
        for i in 0..200_000_u32 {
            let value = f32::from_bits(i.wrapping_mul(2_654_435_761));
            if value.is_finite() {
                let read = parse(&value.to_string()).map(|number| number as f32);
                assert_eq!(read, Some(value), "{value}");
            }
        }
    }
}
