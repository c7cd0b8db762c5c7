#!/bin/bash
echo first
sleep 60
echo second
