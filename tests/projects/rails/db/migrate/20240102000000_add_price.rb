class AddPrice < ActiveRecord::Migration[6.1]
  def change
    add_column :items, :price, :decimal, precision: 10, scale: 2
  end
end
