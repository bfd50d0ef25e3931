-- CreateIndex
CREATE INDEX "outbox_ordered_by_idx" ON "outbox"("ordered_by");
