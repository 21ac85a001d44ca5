const tasks = new Set<() => void>();

/**
 * Does `task` when this process exits by itself; not where it is killed. All tasks share one listener: many playbooks
 * would have Node.js warn of a leak.
 *
 * @returns takes the task back
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', doAll);
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) process.off('exit', doAll);
  };
}

function doAll(): void {
  for (const task of tasks) {
    try {
      task();
    } catch {
      // The others must still run, and there is no one left to report to.
    }
  }
}
