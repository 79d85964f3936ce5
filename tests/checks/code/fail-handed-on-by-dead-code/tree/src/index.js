const { Worker } = require('bullmq');
const { watch } = require('./watch');

function never() {
  watch(new Worker('mails', async () => {}), 'mails');
}

watch({ on() {} }, 'nothing');
