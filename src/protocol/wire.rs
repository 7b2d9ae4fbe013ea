//! Serialisation of messages.

use serde::{Deserialize, Serialize};

/// Identifier of the build: a page and an engine work together only if theirs are equal.
pub const BUILD: &str = env!("LIKENESS_BUILD");

/// Reason why a message could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageError {
    /// The message comes from another build.
    OtherBuild {
        /// Build of the sender.
        theirs: String,
    },
    /// The bytes are not a message.
    Malformed,
}

impl std::fmt::Display for MessageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OtherBuild { theirs } => write!(
                f,
                "The page (build {BUILD}) met an engine of another build ({theirs}). Reload the page to get both anew."
            ),
            Self::Malformed => f.write_str("A message between the page and the engine could not be read."),
        }
    }
}

impl std::error::Error for MessageError {}

/// Serialises a message of this build.
pub fn encode<T: Serialize>(body: &T) -> Vec<u8> {
    #[derive(Serialize)]
    struct Borrowed<'a, T> {
        build: &'a str,
        body: &'a T,
    }
    postcard::to_stdvec(&Borrowed { build: BUILD, body }).expect("messages are plain data")
}

/// Decodes a message, refusing one of another build.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, MessageError> {
    let (theirs, body) = postcard::take_from_bytes::<String>(bytes).map_err(|_| MessageError::Malformed)?;
    if theirs != BUILD {
        return Err(MessageError::OtherBuild { theirs });
    }
    postcard::from_bytes(body).map_err(|_| MessageError::Malformed)
}

/// Single-precision numbers, serialised as bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floats(pub Vec<f32>);

impl Serialize for Floats {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytemuck::cast_slice(&self.0))
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&serde_bytes::Bytes>::deserialize(deserializer)?;
        if bytes.len() % size_of::<f32>() != 0 {
            return Err(serde::de::Error::custom("not a whole number of floats"));
        }
        Ok(Self(bytemuck::pod_collect_to_vec(&bytes[..])))
    }
}
