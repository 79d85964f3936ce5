function report(worker, name) {
  worker.on('failed', (job, error) => console.error(name, job.id, error));
}

exports.watch = (worker, name) => report(worker, name);
