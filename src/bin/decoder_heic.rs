//! Entry point of the worker that decodes HEIC, which only Safari can.

likeness::decoder_program!(|file| likeness::image::DecodedFile::read_by(likeness::image::heic::read, file));
