"""Loads a file of Optuna's JournalFileStorage, whatever its version calls that, and prints what Optuna makes of it, as JSON."""

import json
import sys
import warnings

warnings.simplefilter("ignore")
import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
try:
    from optuna.storages.journal import JournalFileBackend
except ImportError:
    from optuna.storages import JournalFileStorage as JournalFileBackend

storage = optuna.storages.JournalStorage(JournalFileBackend(sys.argv[1]))
[summary] = optuna.get_all_study_summaries(storage)
study = optuna.load_study(study_name=summary.study_name, storage=storage)
for trial in study.get_trials():
    if trial.state.is_finished():
        trial._validate()

print(
    json.dumps(
        {
            "version": optuna.__version__,
            "name": study.study_name,
            "directions": [direction.name for direction in study.directions],
            "best": [(trial.number, trial.values) for trial in study.best_trials],
            "trials": [
                {
                    "number": trial.number,
                    "state": trial.state.name,
                    "values": trial.values,
                    "params": trial.params,
                    "distributions": {name: repr(each) for name, each in trial.distributions.items()},
                    # NaN is no JSON.
                    "intermediate": {step: repr(value) for step, value in trial.intermediate_values.items()},
                    "fixed": trial.system_attrs.get("fixed_params"),
                    "start": trial.datetime_start and trial.datetime_start.isoformat(),
                    "complete": trial.datetime_complete and trial.datetime_complete.isoformat(),
                    "by": trial.user_attrs.get("rxnn:stopped_by"),
                }
                for trial in study.get_trials()
            ],
        }
    )
)
