#!/bin/sh
# Six shards of 600 runs by GNU parallel, on this machine, or by --sshlogin on others that share the folder.
exec parallel --retries 3 'imds-loadgen simulate herd --no-expectations --runs 600 --shard {}/6 --out shards' ::: 1 2 3 4 5 6
