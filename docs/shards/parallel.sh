#!/bin/sh
# Six shards of 600 runs by GNU parallel, on this machine, or by --sshlogin on others that share the folder: one at a time on
# each, since a shard uses all cores.
exec parallel -j 1 --retries 3 'imds-loadgen simulate herd --no-expectations --runs 600 --shard {}/6 --out shards' ::: 1 2 3 4 5 6
