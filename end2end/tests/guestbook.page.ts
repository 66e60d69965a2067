// The guestbook's page, as a visitor speaks of it.
import { expect, type Page } from '@playwright/test';

export class Guestbook {
  constructor(private readonly page: Page) {}

  get form() {
    return this.page.locator('form#post');
  }

  get title() {
    return this.page.getByLabel('Title');
  }

  get body() {
    return this.page.getByLabel('Text');
  }

  get submit() {
    return this.form.getByRole('button', { name: /^Post/ });
  }

  get retry() {
    return this.form.getByRole('button', { name: 'Retry' });
  }

  get posts() {
    return this.page.locator('ul#posts > li');
  }

  /** Every post with this title. */
  titled(title: string) {
    return this.posts.filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
  }

  async fill(title: string, body: string) {
    await this.title.fill(title);
    await this.body.fill(body);
  }

  async post(title: string, body: string) {
    await this.fill(title, body);
    await this.submit.click();
  }

  /** The post is there, once, and still is after a reload. */
  async hasOnce(title: string) {
    await expect(this.titled(title)).toHaveCount(1);
    await this.page.reload();
    await expect(this.titled(title)).toHaveCount(1);
  }
}
