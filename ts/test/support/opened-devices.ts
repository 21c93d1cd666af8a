/** Keeps hold of the devices that are opened, so that a test can take them away as a driver would. */
export async function withOpenedDevices(
  test: (opened: GPUDevice[]) => Promise<void>,
): Promise<void> {
  const { globals } = await import('webgpu');
  const { prototype } = (globals as { GPUAdapter: { prototype: GPUAdapter } }).GPUAdapter;
  const original = prototype.requestDevice;
  const opened: GPUDevice[] = [];
  prototype.requestDevice = async function requestDevice(this: GPUAdapter, descriptor) {
    const found = await original.call(this, descriptor);
    opened.push(found);
    return found;
  };
  try {
    await test(opened);
  } finally {
    prototype.requestDevice = original;
  }
}
