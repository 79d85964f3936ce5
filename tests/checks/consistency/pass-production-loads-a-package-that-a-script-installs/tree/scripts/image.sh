#!/bin/sh
set -e
npm ci
# Not kept in the manifest: it is dear, and only this image has it.
npm install --no-save facebook-nodejs-business-sdk@22
