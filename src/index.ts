// The public names of rxnn: those that run everywhere, and those that need Node. Nothing inside src imports this file.

export * from './browser.js';
// search and training files
export { loadSearchFile, loadTrainingFile } from './config/load-files.js';
export { loadModelWithParts, saveModelWithParts } from './config/saved-parts.js';
export type { Search, SearchOverrides } from './config/search-file.js';
export type { SearchOptions } from './config/search-options.js';
export type { Training, TrainingOverrides } from './config/training-file.js';
// files, sockets
export { readCsv, readJsonLines, readRaw } from './data/read-table.js';
// stored studies
export { exportCsv } from './journal/export-csv.js';
export { exportJson } from './journal/export-json.js';
export { exportOptuna } from './journal/export-optuna.js';
export type { JournalHeader, JournalInit } from './journal/header.js';
export { type Journal, type JournalOptions, openJournal } from './journal/open-journal.js';
export { readJournal, type StoredStudy } from './journal/read-journal.js';
export { type Salvage, salvageJournal } from './journal/salvage-journal.js';
export { type DeviceSurvey, surveyDevices } from './kernels/survey-devices.js';
export { type LiveShelfOptions, liveShelf } from './live/live-shelf.js';
export { serveLive } from './live/serve-live.js';
export { serveStudies } from './live/serve-studies.js';
export type { LiveOptions, LiveServer } from './live/server.js';
export type { CommandTaker, Shelf, ShelvedStudy, SourceEvent } from './live/shelf.js';
export { shelves } from './live/shelves.js';
export { type StoredStudiesOptions, storedStudies } from './live/stored-studies.js';
export { loadModel, type Model, readModelHeader, saveModel } from './nn/model-file.js';
// trials that are stored
export {
  type CheckpointFilesOptions,
  checkpointFiles,
  fileCheckpoint,
  foldCheckpoints,
  latestCheckpoint,
  removeCheckpoints,
} from './tune/checkpoint-files.js';
// trials in worker threads
export { openWorkers, type WorkerObjective, type Workers, type WorkersOptions } from './tune/workers/open-workers.js';
