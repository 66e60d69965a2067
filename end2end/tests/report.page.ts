// The page on which an incident is reported, as a visitor sees it.
import { expect, type Locator, type Page, type Response } from '@playwright/test';

export const STEPS = ['What happened', 'Who is affected', 'Contact and review'];

export class ReportPage {
  readonly heading: Locator;
  readonly steps: Locator;
  readonly summary: Locator;
  readonly story: Locator;
  readonly people: Locator;
  readonly looked: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 2 });
    this.steps = page.getByRole('list', { name: 'Steps of the report' }).getByRole('listitem');
    this.summary = page.getByLabel('In one line');
    this.story = page.getByLabel('What did you see?');
    this.people = page.getByLabel('How many people?');
    this.looked = page.getByLabel('I have looked over what I answered');
  }

  static async open(page: Page, visit: (page: Page, path: string) => Promise<Response | null>) {
    await visit(page, '/incidents/new');
    return new ReportPage(page);
  }

  kind(name: 'not work at all' | 'badly or slowly' | 'data or accounts') {
    return this.page.getByRole('radio', { name });
  }

  reach(name: 'Just me' | 'My team' | 'Everybody') {
    return this.page.getByRole('radio', { name });
  }

  button(name: 'Continue' | 'Back' | 'Report it' | `Change ${string}`) {
    return this.page.getByRole('button', { name });
  }

  /** The page shows this step, and says so in its list. */
  async shows(step: string, steps = STEPS) {
    await expect(this.heading).toHaveText(step);
    await expect(this.steps).toHaveText(steps.map((name) => new RegExp(`^${name}`)));
    await expect(this.page.locator('[aria-current=step]')).toHaveText(step);
  }

  async sayWhat(summary: string) {
    await this.kind('not work at all').check();
    await this.summary.fill(summary);
    await this.story.fill('Line one\n<b>Line two</b>');
    await this.button('Continue').click();
  }

  async sayWho() {
    await this.reach('My team').check();
    await this.people.fill('7');
    await this.button('Continue').click();
  }
}
