export enum Events {
  Paid = 'order.paid',
  Sent = 'order.sent',
}
