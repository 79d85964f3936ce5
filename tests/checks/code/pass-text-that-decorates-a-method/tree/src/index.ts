import { OnEvent } from '@nestjs/event-emitter';
class Orders {
  @OnEvent('order.paid')
  async settle(order) {
    await ship(order);
  }
}
new Orders();
