"use strict";

// Runs in Azurite's process before Azurite does. Azurite reads its accounts from a variable, once a minute: here
// each line of the standard input is a new list of them that counts at once, and is told to have come. The end
// of the input is the end of the server that holds the other end of it, in whatever way: then this ends as well.

const readline = require("node:readline");
const { join } = require("node:path");

const PACKAGE = process.env.MODELYARD_AZURITE_PACKAGE;
const AccountDataStore = require(join(PACKAGE, "dist/src/common/AccountDataStore.js")).default;

const stores = [];
const init = AccountDataStore.prototype.init;
AccountDataStore.prototype.init = async function () {
  stores.push(this);
  return init.call(this);
};

let lists = 0;
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    process.env.AZURITE_ACCOUNTS = line;
    stores.forEach((store) => store.refresh());
    lists += 1;
    process.stdout.write(`modelyard: list ${lists} of accounts\n`);
  })
  .on("close", () => process.exit(0));

process.stdout.on("error", () => process.exit(0));
