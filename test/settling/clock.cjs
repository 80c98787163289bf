// Loaded into every process of a test that moves time: the time of day is the machine's plus what the file says.
const { readFileSync } = require('node:fs');

const file = process.env.MAILROOM_TEST_CLOCK;
const RealDate = Date;
const now = () => RealDate.now() + Number(readFileSync(file, 'utf8'));

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(now());
    else super(...values);
  }

  static now() {
    return now();
  }
};
