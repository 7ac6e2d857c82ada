// The public names of rxnn: those that run everywhere, and those that need Node. Nothing inside src imports this file.

export * from './browser.js';
// search and training files
export { loadModelWithParts, saveModelWithParts } from './config/saved-parts.js';
export { loadSearchFile, type Search, type SearchOverrides } from './config/search-file.js';
export { loadTrainingFile, type Training, type TrainingOverrides } from './config/training-file.js';
// files, sockets
export { readCsv, readJsonLines, readRaw } from './data/read-table.js';
export { type DeviceSurvey, surveyDevices } from './kernels/survey-devices.js';
export { type LiveOptions, type LiveServer, serveLive } from './live/server.js';
export { loadModel, type Model, readModelHeader, saveModel } from './nn/model-file.js';
// trials in worker threads
export { openWorkers, type WorkerObjective, type Workers, type WorkersOptions } from './tune/workers/open-workers.js';
