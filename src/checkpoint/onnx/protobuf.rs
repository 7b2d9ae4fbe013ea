//! Writing of protocol buffers, the encoding of ONNX.

/// Wire types: variable-length integer, length and contents, four bytes.
const VARINT: u64 = 0;
const LENGTH: u64 = 2;
const FIXED32: u64 = 5;

/// A message under construction.
#[derive(Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// Returns the encoded message.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Adds an integer field.
    pub fn int(&mut self, field: u64, value: i64) -> &mut Self {
        self.varint(field << 3 | VARINT);
        // Negative numbers are encoded in two's complement of 64 bits.
        self.varint(value as u64);
        self
    }

    /// Adds a field in single precision.
    pub fn float(&mut self, field: u64, value: f32) -> &mut Self {
        self.varint(field << 3 | FIXED32);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// Adds a field of bytes.
    pub fn bytes(&mut self, field: u64, value: &[u8]) -> &mut Self {
        self.varint(field << 3 | LENGTH);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    /// Adds a field of text.
    pub fn text(&mut self, field: u64, value: &str) -> &mut Self {
        self.bytes(field, value.as_bytes())
    }

    /// Adds a message as a field.
    pub fn message(&mut self, field: u64, value: &Self) -> &mut Self {
        self.bytes(field, &value.0)
    }

    /// Writes seven bits a byte, the lowest first.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the documentation of protocol buffers.
    #[test]
    fn fields_are_encoded_as_documented() {
        let mut inner = Message::default();
        inner.int(1, 150);
        let mut message = Message::default();
        message.text(2, "testing").message(3, &inner).int(4, -2).float(5, 1.0);
        let expected: &[&[u8]] = &[
            b"\x12\x07testing",
            b"\x1a\x03\x08\x96\x01",
            b"\x20\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
            b"\x2d\x00\x00\x80\x3f",
        ];
        assert_eq!(message.into_bytes(), expected.concat());
    }
}
