#!/bin/bash
perl -e 'print "first\n"; print STDERR "waiting\n"; sleep 60; print "second\n"'
