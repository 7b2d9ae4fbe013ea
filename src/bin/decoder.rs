//! Entry point of the worker that decodes the formats of the `image` crate that browsers cannot.

likeness::decoder_program!(likeness::image::DecodedFile::read);
