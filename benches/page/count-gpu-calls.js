// Counts what a worker asks of WebGPU. Loaded before anything that might hold on to the
// functions as they were.

/** Counts since the worker began. */
export const calls = { dispatches: 0, submits: 0, bytes: 0 };

function count(owner, method, add) {
  if (!owner) return;
  const original = owner.prototype[method];
  owner.prototype[method] = function (...given) {
    add(...given);
    return original.apply(this, given);
  };
}

const dispatch = () => calls.dispatches++;
count(globalThis.GPUComputePassEncoder, "dispatchWorkgroups", dispatch);
count(globalThis.GPUComputePassEncoder, "dispatchWorkgroupsIndirect", dispatch);
count(globalThis.GPUQueue, "submit", () => calls.submits++);
count(globalThis.GPUDevice, "createBuffer", ({ size }) => (calls.bytes += size));
