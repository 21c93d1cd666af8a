import { existsSync } from 'node:fs';

/** Where Debian's Chromium brings a Vulkan driver that the processor plays. */
const SOFTWARE_DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** The environment in which a graphics adapter is found on a machine without one, where its driver is installed. */
export function softwareAdapterEnvironment(): Readonly<Record<string, string>> {
  if (process.env['VK_ICD_FILENAMES'] !== undefined || !existsSync(SOFTWARE_DRIVER)) return {};
  // Without a folder of its own the driver complains on standard error.
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? '/tmp';
  return { VK_ICD_FILENAMES: SOFTWARE_DRIVER, XDG_RUNTIME_DIR: runtime };
}
