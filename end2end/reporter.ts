// What failed, a line each, in the file that FAILED_JOURNEYS names: `cargo xtask test` shows it in its summary,
// which is all that some readers of a log see.
import { writeFileSync } from 'node:fs';
import type { FullConfig, Reporter, Suite, TestCase } from '@playwright/test/reporter';

export default class FailedJourneys implements Reporter {
  private suite?: Suite;

  onBegin(_config: FullConfig, suite: Suite) {
    this.suite = suite;
  }

  onEnd() {
    const file = process.env.FAILED_JOURNEYS;
    if (!file) return;
    const tests = this.suite?.allTests() ?? [];
    const told = tests.filter((test) => ['unexpected', 'flaky'].includes(test.outcome())).map(tell);
    writeFileSync(file, told.join('\n'));
  }
}

/** `failed [js] reads.spec.ts R2 a redirect: expect(locator).toBeVisible() failed`, or `flaky …` of a test that passed the second time. */
function tell(test: TestCase): string {
  const [, project, file, ...titles] = test.titlePath();
  const why = test.results.find((result) => result.error)?.error?.message?.split('\n')[0] ?? '';
  // Without the colours of a terminal.
  const plain = why.replace(/\u001b\[[0-9;]*m/g, '');
  const verdict = test.outcome() === 'flaky' ? 'flaky' : 'failed';
  return `${verdict} [${project}] ${file.replace(/^tests\//, '')} ${titles.join(' › ')}: ${plain}`;
}
