// What the adapter can do: a product of matrices that takes as many operations as a step's
// convolutions and linear layers, in registers alone. No step is expected to be faster.
import { operations } from "./network.js";

const ROWS = 512;
const COLUMNS = 512;

/** Invocations of a workgroup, along each axis. */
const GROUP = 8;

const ACCUMULATOR = "sum";

/** Each invocation computes `height` × `width` results; `depth` is how much each sums up. */
function shader(height, width, depth) {
  const rows = [...Array(height).keys()];
  const quads = [...Array(width / 4).keys()];
  const sum = (row, quad) => `${ACCUMULATOR}_${row}_${quad}`;
  const each = (line) => rows.flatMap((row) => quads.map((quad) => line(row, quad))).join("\n");
  const product = (part) => `
    ${quads.map((quad) => `let b_${part}_${quad} = b[(4u * k + ${part}u) * ${COLUMNS / 4}u + column + ${quad}u];`).join("\n")}
    ${each((row, quad) => `${sum(row, quad)} = fma(vec4f(a_${row}[${part}]), b_${part}_${quad}, ${sum(row, quad)});`)}`;
  return `
    @group(0) @binding(0) var<storage, read> a: array<vec4f>;
    @group(0) @binding(1) var<storage, read> b: array<vec4f>;
    @group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
    @compute @workgroup_size(${GROUP}, ${GROUP})
    fn main(@builtin(global_invocation_id) id: vec3u) {
      let row = id.y * ${height}u;
      let column = id.x * ${width / 4}u;
      ${each((row, quad) => `var ${sum(row, quad)} = vec4f();`)}
      for (var k = 0u; k < ${depth / 4}u; k++) {
        ${rows.map((row) => `let a_${row} = a[(row + ${row}u) * ${depth / 4}u + k];`).join("\n")}
        ${[0, 1, 2, 3].map(product).join("\n")}
      }
      ${each((row, quad) => `c[(row + ${row}u) * ${COLUMNS / 4}u + column + ${quad}u] = ${sum(row, quad)};`)}
    }`;
}

function upload(device, values) {
  const usage = GPUBufferUsage.STORAGE;
  const buffer = device.createBuffer({ size: values.byteLength, usage, mappedAtCreation: true });
  new Float32Array(buffer.getMappedRange()).set(values);
  buffer.unmap();
  return buffer;
}

export async function prepare(_, problem) {
  const [height, width] = problem.tile;
  const depth = 4 * Math.round(operations(problem) / (2 * ROWS * COLUMNS * 4));
  const a = Float32Array.from({ length: ROWS * depth }, (_, at) => Math.sin(at));
  const b = Float32Array.from({ length: depth * COLUMNS }, (_, at) => Math.cos(at));
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();
  const module = device.createShaderModule({ code: shader(height, width, depth) });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const size = ROWS * COLUMNS * 4;
  const c = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const bindings = [upload(device, a), upload(device, b), c];
  const entries = bindings.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });

  const step = () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(COLUMNS / width / GROUP, ROWS / height / GROUP);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };

  /** Not a loss: the product's last entry, after a look at whether it is right. */
  const loss = async () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(c, 0, read, 0, size);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    const last = new Float32Array(read.getMappedRange()).at(-1);
    read.unmap();
    const wanted = lastEntry(a, b, depth);
    if (!(Math.abs(last - wanted) < 1e-2)) throw new Error(`The product holds ${last} instead of ${wanted}.`);
    return last;
  };
  return { step, loss };
}

function lastEntry(a, b, depth) {
  let sum = 0;
  for (let k = 0; k < depth; k++) sum += a[(ROWS - 1) * depth + k] * b[k * COLUMNS + COLUMNS - 1];
  return sum;
}
