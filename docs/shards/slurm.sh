#!/bin/sh
# Six shards of 600 runs into a folder that all nodes share. The number of shards is written out: of an array that is
# submitted once more for one index, Slurm's own count of tasks is one.
#SBATCH --job-name=imds-shards
#SBATCH --array=1-6
#SBATCH --requeue
exec imds-loadgen simulate herd --no-expectations --runs 600 --shard "$SLURM_ARRAY_TASK_ID/6" --out shards
