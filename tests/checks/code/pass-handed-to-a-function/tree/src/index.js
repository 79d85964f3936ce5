const { Worker } = require('bullmq');
const { watch } = require('./watch');

watch(new Worker('mails', async () => {}), 'mails');
