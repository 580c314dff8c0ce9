#!/bin/sh
exec rustc "$@"
