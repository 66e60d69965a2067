// The page of one ticket, as a member speaks of it.
import { expect, type Page } from '@playwright/test';

export class TicketPage {
  constructor(private readonly page: Page) {}

  /** Opens a ticket of the journey's own, and is on its page. */
  static async open(page: Page, visit: (page: Page, path: string) => Promise<unknown>, subject: string) {
    await visit(page, '/tickets/new');
    await page.getByLabel('Subject').fill(subject);
    await page.getByLabel('What happened?').fill('It does not work.');
    await page.getByRole('button', { name: 'Open ticket' }).click();
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    const ticket = new TicketPage(page);
    await expect(ticket.comment).toBeVisible();
    return ticket;
  }

  /** Goes to the page of the ticket with this subject, by links that a router follows. */
  async follow(subject: string) {
    await this.page.getByRole('navigation').getByRole('link', { name: /^Tickets/ }).click();
    await this.page.getByRole('link', { name: subject }).click();
    await expect(this.page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await expect(this.comment).toBeVisible();
  }

  /** "Open" or "Closed". */
  get status() {
    return this.page.locator('.ticket-head [class*=status-]');
  }

  get priority() {
    return this.page.locator('.ticket-head [class*=priority-]');
  }

  get comments() {
    return this.page.locator('.comments li.comment');
  }

  get comment() {
    return this.page.getByLabel('Your comment', { exact: true });
  }

  /** The form that the comment is written in. */
  get commentForm() {
    return this.page.locator('form', { has: this.comment });
  }

  get post() {
    return this.button('Post comment', 'Posting…');
  }

  /** How many tickets the header says are open. */
  async openTickets() {
    const text = await this.page.getByRole('navigation').getByText(/^\d+ open$/).textContent();
    return Number.parseInt(text!);
  }

  /** A button by what it says, at rest or pending. */
  button(name: string, pending = name) {
    return this.page.getByRole('button', { name: new RegExp(`^(${name}|${pending})$`) });
  }

  async say(text: string) {
    await this.comment.fill(text);
    await this.post.click();
    await expect(this.said(text)).toHaveCount(1);
    // By then the server knows of it, too.
    await expect(this.said(text)).toHaveAttribute('id', /^comment-\d+$/);
  }

  /** Every comment that says just this. */
  said(text: string) {
    return this.comments.filter({ has: this.page.getByText(text, { exact: true }).and(this.page.locator('.text')) });
  }

  /** What belongs to editing a comment that is there. */
  edit(id: string) {
    const row = this.page.locator(`#${id}`);
    const body = row.getByLabel('Your comment, edited');
    const save = row.getByRole('button', { name: 'Save comment' });
    return {
      row,
      body,
      save,
      text: row.locator('.text'),
      details: row.locator('details'),
      issue: row.locator('.issue'),
      /** Unfolds the form, and sends this. */
      unfoldWith: async (text: string) => {
        await row.getByText('Edit', { exact: true }).click();
        await body.fill(text);
        await save.click();
      },
    };
  }
}
