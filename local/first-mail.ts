// The mail with which the tour begins, and which lies in Ada's inbox when `npm run dev` has started.
export const FIRST_MAIL = {
  to: 'ada@customer.example',
  subject: 'Your order 4711',
  text: 'Dear Ada,\n\nwhen should we deliver your order? Just answer this mail.\n\nThe shop',
  html: '<p>Dear Ada,</p><p>when should we deliver your order? Just answer this mail.</p><p>The shop</p>',
  /** What the service knows about the mail, and gets back with the reply. */
  context: { order: 4711, step: 'delivery-date' },
};
