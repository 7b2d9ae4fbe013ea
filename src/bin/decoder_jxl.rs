//! Entry point of the worker that decodes JPEG XL, which few browsers can.

likeness::decoder_program!(|file| likeness::image::DecodedFile::read_by(
    likeness::image::jpeg_xl::read,
    file
));
