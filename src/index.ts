// The public names of rxnn: those that run everywhere, and those that need Node. Nothing inside src imports this file.

export * from './browser.js';

// files, sockets
export { readCsv, readJsonLines, readRaw } from './data/read-table.js';
export { type DeviceSurvey, surveyDevices } from './kernels/survey-devices.js';
export { type LiveOptions, type LiveServer, serveLive } from './live/server.js';
export { loadModel, type Model, readModelHeader, saveModel } from './nn/model-file.js';
