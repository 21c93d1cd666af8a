import { isHoldfastError } from '../core/holdfast-error.js';
import type { AdapterChoice } from './adapter-choice.js';
import { type GpuTask, type GpuTaskAnswer, runTask } from './gpu-task.js';
import { KernelDevice } from './kernel-device.js';
import { DevicePace } from './portfolio-program.js';

/** A device and its successor: one that is lost is replaced once for each task. */
export class GpuSession {
  readonly #choice: AdapterChoice;
  readonly #pace = new DevicePace();
  #device: KernelDevice;

  private constructor(choice: AdapterChoice, device: KernelDevice) {
    this.#choice = choice;
    this.#device = device;
  }

  static async open(choice: AdapterChoice): Promise<GpuSession> {
    return new GpuSession(choice, await KernelDevice.open(choice));
  }

  get device(): KernelDevice {
    return this.#device;
  }

  /**
   * Runs a task. A device that is lost meanwhile is opened anew and the task begun again: its draws do not depend on the
   * device, so that the answer is the same.
   *
   * @throws HoldfastError as `runTask`; `GPU_DEVICE_LOST` when the second device is lost as well
   */
  async run(task: GpuTask): Promise<GpuTaskAnswer> {
    try {
      return await runTask(this.#device, task, this.#pace);
    } catch (error) {
      if (!isHoldfastError(error) || error.code !== 'GPU_DEVICE_LOST') throw error;
      this.#device = await KernelDevice.open(this.#choice);
      return runTask(this.#device, task, this.#pace);
    }
  }

  close(): void {
    this.#device.close();
  }
}
