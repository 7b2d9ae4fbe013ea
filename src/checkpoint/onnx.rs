//! A network's embedding of pictures as an [ONNX](https://onnx.ai) model, which most other tools read.
//!
//! Its input is `pictures`, `[batch, 3, side, side]`, values in 0 … 1; its output is `embeddings`, `[batch,
//! dimensions]`. Scaling of the input, whitening and mirror image are part of the model. Its metadata are those
//! of the safetensors file; check pictures (a byte a value, of 255) and their embeddings (little-endian floats) are
//! there in base64, under the names of their tensors.

mod protobuf;

use base64::prelude::{BASE64_STANDARD, Engine};

use self::protobuf::Message;
use super::{Check, Checkpoint, HostTensor, file};
use crate::{
    embedding::LEAST_LENGTH,
    encoder::{EncoderConfig, INPUT_FACTOR, INPUT_OFFSET, readout},
    kernels::block::EPSILON,
    protocol::BUILD,
    settings::Features,
};

/// Version of the file format, and of the set of operations.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// Numbers of element types.
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// Value of an attribute.
enum Attribute<'a> {
    Int(i64),
    Ints(&'a [i64]),
    Float(f32),
}
use Attribute::{Float, Int, Ints};

/// Name of a value in the graph.
type Value = String;

/// A graph under construction.
#[derive(Default)]
struct Graph {
    message: Message,
    /// Number of values so far, which are named by it.
    values: usize,
}

impl Graph {
    /// Adds an operation; returns its result.
    fn apply(&mut self, operation: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> Value {
        self.values += 1;
        let result = format!("{operation}_{}", self.values);
        self.apply_as(operation, inputs, attributes, &result);
        result
    }

    /// Like [`Self::apply`], with a name for the result.
    fn apply_as(&mut self, operation: &str, inputs: &[&str], attributes: &[(&str, Attribute)], result: &str) {
        let mut node = Message::default();
        for input in inputs {
            node.text(1, input);
        }
        node.text(2, result).text(3, result).text(4, operation);
        for (name, value) in attributes {
            let mut attribute = Message::default();
            attribute.text(1, name);
            match value {
                Float(value) => attribute.float(2, *value).int(20, 1),
                Int(value) => attribute.int(3, *value).int(20, 2),
                Ints(values) => values.iter().fold(&mut attribute, |it, value| it.int(8, *value)).int(20, 7),
            };
            node.message(5, &attribute);
        }
        self.message.message(1, &node);
    }

    /// Adds a constant.
    fn constant(&mut self, name: &str, shape: &[usize], kind: i64, bytes: &[u8]) -> Value {
        let mut tensor = Message::default();
        for length in shape {
            tensor.int(1, *length as i64);
        }
        tensor.int(2, kind).text(8, name).bytes(9, bytes);
        self.message.message(5, &tensor);
        name.to_owned()
    }

    fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> Value {
        self.constant(name, shape, FLOAT, bytemuck::cast_slice(values))
    }

    fn ints(&mut self, name: &str, values: &[i64]) -> Value {
        self.constant(name, &[values.len()], INT64, bytemuck::cast_slice(values))
    }

    /// Declares an input or output of the graph, by field; the first length is the batch.
    fn declare(&mut self, field: u64, name: &str, lengths: &[usize]) {
        let (mut shape, mut batch) = (Message::default(), Message::default());
        shape.message(1, batch.text(2, "batch"));
        for length in lengths {
            shape.message(1, Message::default().int(1, *length as i64));
        }
        let mut tensor = Message::default();
        tensor.int(1, FLOAT).message(2, &shape);
        let mut kind = Message::default();
        kind.message(1, &tensor);
        let mut value = Message::default();
        self.message.message(field, value.text(1, name).message(2, &kind));
    }
}

/// Returns the embedding of pictures by a model as an ONNX file.
pub fn write(model: &Checkpoint) -> Vec<u8> {
    let mut graph = Graph::default();
    let (settings, side) = (&model.settings, model.settings.side as usize);
    graph.declare(11, "pictures", &[3, side, side]);
    let dimensions = match settings.features {
        Features::Outputs => outputs(&mut graph, model),
        Features::Map => map(&mut graph, model),
    };
    graph.declare(12, "embeddings", &[dimensions]);
    graph.message.text(2, "likeness");
    let mut opset = Message::default();
    opset.text(1, "").int(2, OPSET);
    let mut file = Message::default();
    file.int(1, IR_VERSION).text(2, "Likeness").text(3, BUILD).message(7, &graph.message).message(8, &opset);
    let check = model.check.iter().flat_map(|Check { pictures, embeddings }| {
        let contents = [pictures.as_slice(), bytemuck::cast_slice(embeddings)];
        file::CHECK.into_iter().zip(contents.map(|bytes| BASE64_STANDARD.encode(bytes)))
    });
    for (name, value) in file::metadata(model).into_iter().chain(check) {
        file.message(14, Message::default().text(1, name).text(2, &value));
    }
    file.into_bytes()
}

/// Embeds by the outputs of the linear layer; returns their number.
fn outputs(graph: &mut Graph, model: &Checkpoint) -> usize {
    let map = encoder(graph, model, "pictures");
    let [weight, bias] =
        ["encoder.output.weight", "encoder.output.bias"].map(|name| tensor(graph, model, name));
    let product = graph.apply("MatMul", &[&map, &weight], &[]);
    let sum = graph.apply("Add", &[&product, &bias], &[]);
    graph.apply_as("Relu", &[&sum], &[], "embeddings");
    model.numbers["encoder.output.bias"].values.len()
}

/// Embeds by the whitened map, averaged over a picture and its mirror image; returns the number of components.
fn map(graph: &mut Graph, model: &Checkpoint) -> usize {
    let copies = if model.settings.augmentations.mirrors() { 2 } else { 1 };
    let mut pictures = "pictures".to_owned();
    if copies == 2 {
        // From the last column on, backwards beyond the first.
        let bounds = [("from", -1), ("to", i64::MIN), ("axis", 3), ("step", -1)];
        let [from, to, axis, step] = bounds.map(|(name, value)| graph.ints(name, &[value]));
        let mirrored = graph.apply("Slice", &["pictures", &from, &to, &axis, &step], &[]);
        pictures = graph.apply("Concat", &["pictures", &mirrored], &[("axis", Int(0))]);
    }
    let mut rows = encoder(graph, model, &pictures);
    let mut dimensions = EncoderConfig::of(&model.settings).read();
    if let Some(whitening) = &model.whitening {
        let shape = [dimensions, whitening.components()];
        let mean = graph.floats("embedding.mean", &shape[..1], &whitening.mean);
        let matrix = graph.floats("embedding.matrix", &shape, &whitening.matrix);
        let centred = graph.apply("Sub", &[&rows, &mean], &[]);
        rows = graph.apply("MatMul", &[&centred, &matrix], &[]);
        dimensions = shape[1];
    }
    let least = graph.floats("least_length", &[], &[LEAST_LENGTH]);
    let squares = graph.apply("ReduceSumSquare", &[&rows], &[("axes", Ints(&[1])), ("keepdims", Int(1))]);
    let squares = graph.apply("Max", &[&squares, &least], &[]);
    let lengths = graph.apply("Sqrt", &[&squares], &[]);
    let rows = graph.apply("Div", &[&rows, &lengths], &[]);
    let shape = graph.ints("copies", &[copies, -1, dimensions as i64]);
    let rows = graph.apply("Reshape", &[&rows, &shape], &[]);
    graph.apply_as("ReduceMean", &[&rows], &[("axes", Ints(&[0])), ("keepdims", Int(0))], "embeddings");
    dimensions
}

/// Computes the linear layer's input, as [`crate::encoder::Encoder::map`] does.
fn encoder(graph: &mut Graph, model: &Checkpoint, pictures: &str) -> Value {
    let config = EncoderConfig::of(&model.settings);
    let factor = graph.floats("input_factor", &[], &[INPUT_FACTOR]);
    let offset = graph.floats("input_offset", &[], &[INPUT_OFFSET]);
    let scaled = graph.apply("Mul", &[pictures, &factor], &[]);
    let mut x = graph.apply("Add", &[&scaled, &offset], &[]);
    for (place, (_, stride)) in config.blocks.iter().enumerate() {
        let names = ["weight", "gamma", "beta", "mean", "variance"];
        let [weight, gamma, beta, mean, variance] =
            names.map(|name| tensor(graph, model, &format!("encoder.blocks.{place}.{name}")));
        let strides = [*stride as i64; 2];
        x = graph.apply("Conv", &[&x, &weight], &[("pads", Ints(&[1; 4])), ("strides", Ints(&strides))]);
        let epsilon = [("epsilon", Float(EPSILON as f32))];
        x = graph.apply("BatchNormalization", &[&x, &gamma, &beta, &mean, &variance], &epsilon);
        x = graph.apply("Relu", &[&x], &[]);
    }
    pool(graph, &x, model.settings.map_side() as usize, &config)
}

/// Pools a map of a side length to window means, channels last, as `readout::read` does.
fn pool(graph: &mut Graph, map: &str, side: usize, config: &EncoderConfig) -> Value {
    let pixels = graph.apply("Transpose", &[map], &[("perm", Ints(&[0, 2, 3, 1]))]);
    let channels = config.read() / config.readout.pow(2);
    // A zero keeps the batch.
    let shape = graph.ints("pixels", &[0, (side * side) as i64, channels as i64]);
    let pixels = graph.apply("Reshape", &[&pixels, &shape], &[]);
    let places = config.readout * config.readout;
    let shares = graph.floats("windows", &[places, side * side], &readout::shares([side; 2], config.readout));
    let means = graph.apply("MatMul", &[&shares, &pixels], &[]);
    let flat = graph.ints("flat", &[0, config.read() as i64]);
    graph.apply("Reshape", &[&means, &flat], &[])
}

/// Adds a tensor of the network.
fn tensor(graph: &mut Graph, model: &Checkpoint, name: &str) -> Value {
    let HostTensor { shape, values } = &model.numbers[name];
    graph.floats(name, shape, values)
}
